// SPDX-License-Identifier: MIT OR Apache-2.0
#include "snapshot_store.hpp"

#include "game.hpp"
#include "test_support/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fa_insight {
namespace {

using fa_insight_test::Folder;
using fa_insight_test::Game;
using fa_test::Json;
using fa_test::JsonReader;

std::string snapshot(int frame) {
  return "{\"version\":1,\"frame\":" + std::to_string(frame) + "}";
}

Json since(const SnapshotStore& store, std::uint64_t sequence) {
  const auto value = JsonReader::read(store.json_since(sequence));
  EXPECT_TRUE(value);
  return value ? *value : Json{};
}

std::vector<double> frames(const Json& answer) {
  std::vector<double> all;
  for (const Json& one : answer.at("snapshots")->items) all.push_back(one.at("data.frame")->number);
  return all;
}

TEST(InsightStore, FindsWhatIsNewOnce) {
  const Folder folder;
  SnapshotStore store(folder.path());
  EXPECT_EQ(store.scan(), 0U);
  folder.write("snapshot_0000000000000001.json", snapshot(1));
  folder.write(".snapshot_0000000000000009.json.12.part", "{");  // an emitter is at work
  folder.write("notes.json", "{");
  EXPECT_EQ(store.scan(), 1U);
  EXPECT_EQ(store.scan(), 1U);
  folder.write("snapshot_0000000000000002.json", snapshot(2));
  EXPECT_EQ(store.scan(), 2U);
  EXPECT_EQ(frames(since(store, 0)), (std::vector<double>{1, 2}));
  EXPECT_EQ(frames(since(store, 1)), (std::vector<double>{2}));
  EXPECT_EQ(since(store, 0).at("latest")->number, 2);
  EXPECT_TRUE(since(store, 0).at("problems")->items.empty());
}

TEST(InsightStore, KeepsWhatTheGameHasPruned) {
  const Folder folder;
  SnapshotStore store(folder.path());
  Game game(folder.path());
  for (int frame = 1; frame <= 8; ++frame) {
    game.run_frame(1000);
    ASSERT_TRUE(game.emit());
    store.scan();
  }
  EXPECT_EQ(store.size(), 8U);  // the game keeps five files
  EXPECT_EQ(frames(since(store, 6)), (std::vector<double>{7, 8}));
}

TEST(InsightStore, TakesAChangedFileAgain) {
  const Folder folder;
  SnapshotStore store(folder.path());
  folder.write("snapshot_0000000000000001.json", snapshot(1));
  EXPECT_EQ(store.scan(), 1U);
  folder.write("snapshot_0000000000000001.json", snapshot(1) + "\n");
  EXPECT_EQ(store.scan(), 2U);
}

TEST(InsightStore, NamesFilesThatAreNoSnapshotsUntilTheyAre) {
  const Folder folder;
  SnapshotStore store(folder.path());
  folder.write("snapshot_1.json", "{\"version\":1,\"fra");
  folder.write("snapshot_2.json", "[1,2]");
  folder.write("snapshot_3.json", "");
  folder.write("snapshot_4.json", snapshot(4));
  EXPECT_EQ(store.scan(), 1U);
  const Json answer = since(store, 0);
  ASSERT_EQ(answer.at("problems")->items.size(), 3U);
  EXPECT_NE(answer.at("problems.0")->text.find("snapshot_1.json: ends in the middle of a value"),
            std::string::npos);
  EXPECT_NE(answer.at("problems.1")->text.find("`frame`"), std::string::npos);
  folder.write("snapshot_1.json", snapshot(1));
  std::filesystem::remove(folder.path() / "snapshot_2.json");
  EXPECT_EQ(store.scan(), 2U);
  EXPECT_EQ(since(store, 0).at("problems")->items.size(), 1U);
}

TEST(InsightStore, SurvivesADirectoryThatGoesAndComes) {
  const Folder folder;
  SnapshotStore store(folder.path() / "sub");
  EXPECT_EQ(store.scan(), 0U);
  EXPECT_NE(since(store, 0).at("problems.0")->text.find("there is no directory"),
            std::string::npos);
  store.request();  // nothing to write it into
  std::filesystem::create_directory(folder.path() / "sub");
  folder.write("sub/snapshot_1.json", snapshot(1));
  EXPECT_EQ(store.scan(), 1U);
  EXPECT_TRUE(since(store, 0).at("problems")->items.empty());
  std::filesystem::remove_all(folder.path() / "sub");
  EXPECT_EQ(store.scan(), 1U);
  EXPECT_EQ(since(store, 0).at("problems")->items.size(), 1U);
}

TEST(InsightStore, ForgetsTheOldestFirst) {
  const Folder folder;
  SnapshotStore few(folder.path(), 2, 1 << 20);
  SnapshotStore small(folder.path(), 100, 30);  // bytes: one snapshot and a part
  for (int frame = 1; frame <= 4; ++frame) {
    folder.write("snapshot_" + std::to_string(frame) + ".json", snapshot(frame));
    few.scan();
    small.scan();
  }
  EXPECT_EQ(frames(since(few, 0)), (std::vector<double>{3, 4}));
  EXPECT_EQ(frames(since(small, 0)), (std::vector<double>{4}));
}

TEST(InsightStore, AsksTheGame) {
  const Folder folder;
  SnapshotStore store(folder.path());
  SnapshotStore other(folder.path());
  Game game(folder.path());
  game.run_frame(1000);
  EXPECT_FALSE(game.wanted());
  store.request();
  store.request();
  EXPECT_TRUE(game.wanted());
  EXPECT_TRUE(game.emit());
  EXPECT_FALSE(game.wanted());
  store.request();
  other.withdraw_request();
  EXPECT_TRUE(game.wanted());  // it is not its own
  store.withdraw_request();
  EXPECT_FALSE(game.wanted());
}

TEST(InsightStore, SaysWhatIsWrongWithADirectory) {
  const Folder folder;
  EXPECT_EQ(directory_problem(folder.path()), "");
  folder.write("file", "x");
  EXPECT_NE(directory_problem(folder.path() / "file").find("is not a directory"),
            std::string::npos);
  EXPECT_NE(directory_problem(folder.path() / "none").find("mkdir -p"), std::string::npos);
}

}  // namespace
}  // namespace fa_insight
