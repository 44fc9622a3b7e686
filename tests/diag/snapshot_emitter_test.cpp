// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/snapshot_emitter.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>

namespace framealloc {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class SnapshotFiles : public ::testing::Test {
 protected:
  SnapshotFiles() {
    std::string path = (fs::temp_directory_path() / "fa-snapshots-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~SnapshotFiles() override { fs::remove_all(folder_); }

  SnapshotConfig config() const {
    return SnapshotConfig().with_directory(folder_).with_min_interval(0ms);
  }
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }
  void request() const { std::ofstream(folder_ / "snapshot.request") << "\n"; }
  static std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(SnapshotFiles, AreNamedByFrameAndHoldTheText) {
  SnapshotEmitter emitter(config().with_directory(folder_ / "made" / "on demand"));
  const Snapshot snapshot(42);
  ASSERT_TRUE(emitter.emit(snapshot)) << emitter.error();
  EXPECT_EQ(read(folder_ / "made" / "on demand" / "snapshot_0000000000000042.json"),
            snapshot.to_json());
  EXPECT_EQ(emitter.emit_count(), 1u);
}

TEST_F(SnapshotFiles, AnswerARequestOnceAndRemoveIt) {
  SnapshotEmitter emitter(config());
  EXPECT_FALSE(emitter.maybe_emit(Snapshot(1)));  // nobody asks
  request();
  EXPECT_TRUE(emitter.wanted());
  EXPECT_TRUE(emitter.maybe_emit(Snapshot(2)));
  EXPECT_FALSE(emitter.maybe_emit(Snapshot(3)));
  EXPECT_EQ(files(), std::set<std::string>{"snapshot_0000000000000002.json"});

  SnapshotEmitter deaf(config().with_request_file(false));
  request();
  EXPECT_FALSE(deaf.maybe_emit(Snapshot(4)));
}

TEST_F(SnapshotFiles, KeepTheInterval) {
  SnapshotEmitter emitter(config().with_min_interval(1h).with_auto_emit(true));
  EXPECT_TRUE(emitter.maybe_emit(Snapshot(1)));
  EXPECT_FALSE(emitter.wanted());
  EXPECT_FALSE(emitter.maybe_emit(Snapshot(2)));
  EXPECT_FALSE(emitter.emit(Snapshot(3)));  // not by force either
  EXPECT_EQ(files().size(), 1u);
}

TEST_F(SnapshotFiles, AFailedWriteIsToldAndMayBeTriedAgainAtOnce) {
  std::ofstream(folder_ / "in the way") << "a file";
  SnapshotEmitter emitter(
      config().with_directory(folder_ / "in the way").with_min_interval(1h).with_auto_emit(true));
  EXPECT_FALSE(emitter.emit(Snapshot(1)));
  EXPECT_NE(emitter.error().find("in the way"), std::string::npos) << emitter.error();
  EXPECT_EQ(emitter.emit_count(), 0u);
  fs::remove(folder_ / "in the way");
  EXPECT_TRUE(emitter.emit(Snapshot(1))) << emitter.error();
  EXPECT_EQ(emitter.error(), "");

  SnapshotEmitter future(config().with_version(9));
  EXPECT_FALSE(future.emit(Snapshot(1)));
  EXPECT_NE(future.error().find("expected 1, 2 or 3"), std::string::npos) << future.error();
}

TEST_F(SnapshotFiles, AreNeverMoreThanAskedFor) {
  SnapshotEmitter emitter(config().with_max_snapshots(3));
  std::ofstream(folder_ / "notes.json") << "{}";
  for (std::uint64_t frame = 98; frame <= 102; ++frame) {
    ASSERT_TRUE(emitter.emit(Snapshot(frame)));
    EXPECT_LE(files().size(), 4u);  // never one too many, not even for a while
  }
  EXPECT_EQ(files(), (std::set<std::string>{"notes.json", "snapshot_0000000000000100.json",
                                            "snapshot_0000000000000101.json",
                                            "snapshot_0000000000000102.json"}));
  EXPECT_EQ(emitter.clear_all_snapshots(), 3u);
  EXPECT_EQ(files(), std::set<std::string>{"notes.json"});
}

TEST_F(SnapshotFiles, AreNotWrittenWhileDisabled) {
  SnapshotEmitter emitter(config().with_auto_emit(true));
  EXPECT_TRUE(emitter.is_enabled());
  emitter.set_enabled(false);
  EXPECT_FALSE(emitter.maybe_emit(Snapshot(1)));
  EXPECT_FALSE(emitter.emit(Snapshot(1)));
  EXPECT_TRUE(files().empty());
}

TEST_F(SnapshotFiles, TellWhatHappenedSinceTheOneBefore) {
  SnapshotEmitter emitter(config());
  Snapshot snapshot(1);
  snapshot.transfers.completed_total = 10;
  snapshot.deferred.processed_total = 100;
  ASSERT_TRUE(emitter.emit(snapshot));
  snapshot.frame = 2;
  snapshot.transfers.completed_total = 13;
  snapshot.deferred.processed_total = 104;
  ASSERT_TRUE(emitter.emit(snapshot));
  const std::string text = read(folder_ / "snapshot_0000000000000002.json");
  EXPECT_NE(text.find("\"completed_this_frame\": 3"), std::string::npos) << text;
  EXPECT_NE(text.find("\"processed_this_frame\": 4"), std::string::npos) << text;
}

// A writer that is killed at any moment leaves whole files only.
TEST_F(SnapshotFiles, AreWholeWhenTheWriterIsKilled) {
  Snapshot snapshot(0);
  for (int i = 0; i < 2000; ++i) {
    SnapshotTag tag;
    tag.path = "a tag that makes the file larger than one write of the system " + std::to_string(i);
    snapshot.add_tag(tag);
  }
  std::uint64_t seen = 0;
  for (int round = 0; round < 20; ++round) {
    int written[2];
    ASSERT_EQ(pipe(written), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      SnapshotEmitter emitter(config().with_max_snapshots(4));
      for (std::uint64_t frame = 1;; ++frame) {
        snapshot.frame = frame;
        (void)emitter.emit(snapshot);
        if (frame == 1 && write(written[1], "1", 1) != 1) _exit(1);
      }
    }
    close(written[1]);
    // Killed at another point of the writer's work each time, and only once it has written a file.
    char one = 0;
    ASSERT_EQ(::read(written[0], &one, 1), 1);
    close(written[0]);
    std::this_thread::sleep_for(std::chrono::microseconds(500 + 377 * round));
    kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    for (const std::string& name : files()) {
      if (!name.starts_with("snapshot_")) continue;  // a part that was never renamed
      const std::string text = read(folder_ / name);
      ASSERT_TRUE(text.starts_with("{\n  \"version\": 1,")) << name;
      ASSERT_TRUE(text.ends_with("\n}\n")) << name << ' ' << text.size();
      ++seen;
    }
  }
  EXPECT_GE(seen, 20u);
}

}  // namespace
}  // namespace framealloc
