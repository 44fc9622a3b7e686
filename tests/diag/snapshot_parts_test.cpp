// SPDX-License-Identifier: MIT OR Apache-2.0
// What a writer leaves that was killed in the middle of a snapshot, and who clears it away.
#include <framealloc/snapshot_emitter.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

namespace framealloc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

int at_work = -1;  // where a child tells that it is in the middle of its file

class SnapshotParts : public ::testing::Test {
 protected:
  SnapshotParts() {
    std::string path = (fs::temp_directory_path() / "fa-parts-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~SnapshotParts() override { fs::remove_all(folder_); }

  SnapshotConfig config() const {
    return SnapshotConfig().with_directory(folder_).with_min_interval(0ms);
  }
  std::vector<fs::path> parts() const {
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      if (entry.path().extension() == ".part") found.push_back(entry.path());
    }
    return found;
  }
  void make_old() const {
    for (const fs::path& part : parts()) {
      fs::last_write_time(part, fs::file_time_type::clock::now() - 1h);
    }
  }
  void emit(std::uint64_t frame) const {
    SnapshotEmitter emitter(config());
    ASSERT_TRUE(emitter.emit(Snapshot(frame))) << emitter.error();
  }
  // Result: a process that stands still in the middle of writing a snapshot: the system lets it
  // write a hundred bytes and sends a signal at the next.
  pid_t writer_at_work() const {
    int pipe[2] = {-1, -1};
    EXPECT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      at_work = pipe[1];
      ::signal(SIGXFSZ, [](int) {
        if (::write(at_work, "x", 1) != 1) ::_exit(1);
        for (;;) ::pause();
      });
      const rlimit few{100, 100};
      ::setrlimit(RLIMIT_FSIZE, &few);
      SnapshotEmitter emitter(config());
      (void)emitter.emit(Snapshot(1));
      ::_exit(0);
    }
    ::close(pipe[1]);
    char told = 0;
    EXPECT_EQ(::read(pipe[0], &told, 1), 1) << "the child was not stopped";
    ::close(pipe[0]);
    return child;
  }
  static void kill(pid_t child) {
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
  }

  fs::path folder_;
};

TEST_F(SnapshotParts, OfALivingWriterStayHoweverOldTheyAre) {
  const pid_t writer = writer_at_work();
  ASSERT_EQ(parts().size(), 1U);
  make_old();
  emit(2);
  EXPECT_EQ(parts().size(), 1U);
  SnapshotEmitter(config()).clear_all_snapshots();
  EXPECT_EQ(parts().size(), 1U);
  kill(writer);
}

TEST_F(SnapshotParts, OfAKilledWriterGoWithTheNextSnapshot) {
  kill(writer_at_work());
  ASSERT_EQ(parts().size(), 1U);
  EXPECT_EQ(fs::file_size(parts()[0]), 100U);
  emit(2);
  EXPECT_EQ(parts().size(), 1U) << "it may have been begun this moment";
  make_old();
  emit(3);
  EXPECT_TRUE(parts().empty());
  EXPECT_TRUE(fs::exists(folder_ / "snapshot_0000000000000003.json"));
}

TEST_F(SnapshotParts, GoWithTheSnapshots) {
  kill(writer_at_work());
  make_old();
  EXPECT_EQ(SnapshotEmitter(config()).clear_all_snapshots(), 0U);
  EXPECT_TRUE(parts().empty());
}

TEST_F(SnapshotParts, GoWhereEverySnapshotIsKept) {
  kill(writer_at_work());
  make_old();
  SnapshotEmitter emitter(config().with_max_snapshots(0));
  ASSERT_TRUE(emitter.emit(Snapshot(2))) << emitter.error();
  EXPECT_TRUE(parts().empty());
}

TEST_F(SnapshotParts, WhatIsNoPartOfASnapshotStays) {
  std::ofstream(folder_ / ".other.part") << "x";
  std::ofstream(folder_ / ".snapshot_1.json.bak") << "x";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    fs::last_write_time(entry.path(), fs::file_time_type::clock::now() - 1h);
  }
  emit(2);
  EXPECT_TRUE(fs::exists(folder_ / ".other.part"));
  EXPECT_TRUE(fs::exists(folder_ / ".snapshot_1.json.bak"));
}

}  // namespace
}  // namespace framealloc
