// SPDX-License-Identifier: MIT OR Apache-2.0
// Folders of snapshots, while a game writes into them.
#include "formats/snapshot_reader.hpp"

#include <framealloc/snapshot_emitter.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;
using namespace fa_formats;
using framealloc::Snapshot;

class SnapshotFolder : public testing::Test {
 protected:
  SnapshotFolder() {
    std::string path = (fs::temp_directory_path() / "fa-folder-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~SnapshotFolder() override { fs::remove_all(folder_); }

  // `age`: hours since it was written.
  void write(const std::string& name, const std::string& text, int age) const {
    std::ofstream(folder_ / name) << text;
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::hours(age));
  }
  static std::string snapshot(std::uint64_t frame, std::int64_t seconds) {
    Snapshot one(frame);
    one.unix_seconds = seconds;
    return one.to_json(2);
  }
  Read<SnapshotFile> newest() const { return read_newest(folder_.string()); }

  fs::path folder_;
};

TEST_F(SnapshotFolder, TheNewestIsThatOfTheLatestTime) {
  write("snapshot_0000000000000900.json", snapshot(900, 1000), 3);
  write("snapshot_0000000000000007.json", snapshot(7, 2000), 2);
  write("snapshot_0000000000000008.json", snapshot(8, 2000), 1);
  EXPECT_EQ(newest().value.snapshot.frame, 8u);
  EXPECT_EQ(read_folder(folder_.string()).value.front().snapshot.frame, 900u);
}

TEST_F(SnapshotFolder, OnlyTheNewestHasToBeWhole) {
  write("snapshot_0000000000000001.json", "{\"version\":", 3);
  write("snapshot_0000000000000002.json", snapshot(2, 2000), 2);
  ASSERT_TRUE(newest()) << newest().complaint;
  EXPECT_EQ(newest().value.snapshot.frame, 2u);
  EXPECT_NE(read_folder(folder_.string()).complaint.find("snapshot_0000000000000001.json"),
            std::string::npos);
  write("snapshot_0000000000000003.json", "{\"version\":", 1);
  EXPECT_NE(newest().complaint.find("snapshot_0000000000000003.json: ends in the middle"),
            std::string::npos);
}

// A link that leads nowhere reads as a file does that was removed after the folder was listed.
TEST_F(SnapshotFolder, WhatVanishedIsPassedOver) {
  write("snapshot_0000000000000001.json", snapshot(1, 1000), 1);
  fs::create_symlink(folder_ / "none", folder_ / "snapshot_0000000000000002.json");
  EXPECT_EQ(newest().value.snapshot.frame, 1u);
  EXPECT_EQ(read_folder(folder_.string()).value.size(), 1u);
  fs::remove(folder_ / "snapshot_0000000000000001.json");
  EXPECT_NE(newest().complaint.find("vanish before"), std::string::npos);
}

TEST_F(SnapshotFolder, IsReadWhileAGamePrunesIt) {
  framealloc::SnapshotEmitter emitter(
      framealloc::SnapshotConfig().with_directory(folder_.string()).with_max_snapshots(1));
  ASSERT_TRUE(emitter.emit(Snapshot(1)));
  std::atomic<bool> stop{false};
  std::thread game([&] {
    for (std::uint64_t frame = 2; !stop; ++frame) (void)emitter.emit(Snapshot(frame));
  });
  std::string complaint;
  for (int i = 0; i < 200 && complaint.empty(); ++i) {
    complaint = newest().complaint;
    if (complaint.empty()) complaint = read_folder(folder_.string()).complaint;
  }
  stop = true;
  game.join();
  EXPECT_EQ(complaint, "");
}

}  // namespace
