// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/account/tag_table.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

constexpr TagId kRoot = TagId::Untagged;

class TagTableTest : public testing::Test {
 protected:
  std::unique_ptr<TagTable> table_ = std::make_unique<TagTable>();
};

TEST_F(TagTableTest, AnEmptyTableHoldsUntaggedAlone) {
  EXPECT_EQ(table_->size(), 1U);
  EXPECT_EQ(table_->name(kRoot), "");
  EXPECT_EQ(table_->path(kRoot).view(), "");
  EXPECT_EQ(table_->parent(kRoot), kRoot);
  EXPECT_FALSE(table_->overflowed());
}

TEST_F(TagTableTest, TheSameNameBelowTheSameParentIsOneTag) {
  const TagId game = table_->intern(kRoot, "game");
  const TagId physics = table_->intern(game, "physics");
  EXPECT_NE(game, kRoot);
  EXPECT_NE(game, physics);
  EXPECT_EQ(table_->intern(kRoot, "game"), game);
  EXPECT_EQ(table_->intern(game, "physics"), physics);
  EXPECT_EQ(table_->size(), 3U);
}

TEST_F(TagTableTest, TheSameNameBelowAnotherParentIsAnotherTag) {
  const TagId game = table_->intern(kRoot, "game");
  const TagId editor = table_->intern(kRoot, "editor");
  const TagId game_ui = table_->intern(game, "ui");
  const TagId editor_ui = table_->intern(editor, "ui");
  const TagId ui = table_->intern(kRoot, "ui");
  EXPECT_EQ((std::set<TagId>{game_ui, editor_ui, ui}).size(), 3U);
  EXPECT_EQ(table_->path(editor_ui).view(), "editor::ui");
  EXPECT_EQ(table_->path(ui).view(), "ui");
}

TEST_F(TagTableTest, APathMakesEachLevel) {
  const TagId solver = table_->intern(kRoot, "game::physics::solver");
  EXPECT_EQ(table_->size(), 4U);
  EXPECT_EQ(table_->name(solver), "solver");
  EXPECT_EQ(table_->path(solver).view(), "game::physics::solver");
  EXPECT_EQ(table_->path(table_->parent(solver)).view(), "game::physics");
  const TagId game = table_->find_path("game");
  EXPECT_EQ(table_->intern(game, "physics::solver"), solver);
}

TEST_F(TagTableTest, EmptyLevelsAreLeftOut) {
  const TagId physics = table_->intern(kRoot, "game::physics");
  EXPECT_EQ(table_->intern(kRoot, "::game::::physics::"), physics);
  EXPECT_EQ(table_->find_path("::game::::physics::"), physics);
  EXPECT_EQ(table_->intern(physics, ""), physics);
  EXPECT_EQ(table_->intern(physics, "::"), physics);
  EXPECT_EQ(table_->size(), 3U);
}

TEST_F(TagTableTest, ASingleColonBelongsToTheName) {
  const TagId tag = table_->intern(kRoot, "level:3");
  EXPECT_EQ(table_->name(tag), "level:3");
  EXPECT_EQ(table_->parent(tag), kRoot);
}

TEST_F(TagTableTest, NamesAreCopied) {
  std::string name = "transient";
  const TagId tag = table_->intern(kRoot, name);
  name.assign(name.size(), 'x');
  EXPECT_EQ(table_->name(tag), "transient");
}

TEST_F(TagTableTest, FindMakesNothing) {
  EXPECT_FALSE(table_->find("game").has_value());
  EXPECT_EQ(table_->find_path("game"), kRoot);
  const TagId physics = table_->intern(kRoot, "game::physics");
  EXPECT_EQ(table_->find("game::physics"), physics);
  EXPECT_FALSE(table_->find("physics").has_value());
  EXPECT_FALSE(table_->find("game::physics::solver").has_value());
  EXPECT_EQ(table_->find(""), kRoot);
  EXPECT_EQ(table_->size(), 3U);
}

TEST_F(TagTableTest, IsWithinFollowsTheParents) {
  const TagId solver = table_->intern(kRoot, "game::physics::solver");
  const TagId physics = table_->find_path("game::physics");
  const TagId game = table_->find_path("game");
  const TagId audio = table_->intern(kRoot, "audio");
  EXPECT_TRUE(table_->is_within(solver, solver));
  EXPECT_TRUE(table_->is_within(solver, physics));
  EXPECT_TRUE(table_->is_within(solver, game));
  EXPECT_TRUE(table_->is_within(audio, kRoot));
  EXPECT_FALSE(table_->is_within(game, solver));
  EXPECT_FALSE(table_->is_within(audio, game));
  EXPECT_FALSE(table_->is_within(solver, audio));
}

TEST_F(TagTableTest, WhenTheTableIsFullTheParentIsTheTag) {
  const TagId game = table_->intern(kRoot, "game");
  for (std::size_t i = table_->size(); i < TagTable::kMaxTags; ++i) {
    ASSERT_NE(table_->intern(game, std::to_string(i)), game);
  }
  EXPECT_FALSE(table_->overflowed());
  EXPECT_EQ(table_->intern(game, "one too many"), game);
  EXPECT_TRUE(table_->overflowed());
  EXPECT_EQ(table_->intern(kRoot, "top"), kRoot);
  EXPECT_FALSE(table_->try_intern(kRoot, "game::one too many").has_value());
  EXPECT_EQ(table_->size(), TagTable::kMaxTags);
  // What was there is still found, and a path that ends below it stops at the deepest level.
  const TagId seven = table_->find_path("game::7");
  ASSERT_NE(seven, kRoot);
  EXPECT_EQ(table_->intern(kRoot, "game::7"), seven);
  EXPECT_EQ(table_->try_intern(kRoot, "game::7"), seven);
  EXPECT_EQ(table_->intern(kRoot, "game::7::new"), seven);
}

TEST_F(TagTableTest, WhenTheNamesAreFullTheParentIsTheTag) {
  const TagId game = table_->intern(kRoot, "game");
  const std::string most(TagTable::kNameBytes - 4, 'a');
  const TagId longest = table_->intern(game, most);
  ASSERT_NE(longest, game);
  EXPECT_EQ(table_->name(longest), most);
  EXPECT_FALSE(table_->overflowed());
  EXPECT_EQ(table_->intern(game, "b"), game);
  EXPECT_TRUE(table_->overflowed());
  EXPECT_EQ(table_->size(), 3U);
}

TEST_F(TagTableTest, AVeryDeepPathIsCutNotOverrun) {
  TagId tag = kRoot;
  for (std::size_t i = table_->size(); i < TagTable::kMaxTags; ++i) tag = table_->intern(tag, "d");
  const TagPath path = table_->path(tag);
  EXPECT_EQ(path.size(), 255U);
  EXPECT_TRUE(path.view().starts_with("d::d::d"));
  EXPECT_TRUE(path.view().ends_with("..."));
  EXPECT_TRUE(table_->is_within(tag, table_->find_path("d")));
}

TEST_F(TagTableTest, AnIdOfNoTagHasNoNameAndNoParent) {
  EXPECT_EQ(table_->name(TagId{500}), "");
  EXPECT_EQ(table_->parent(TagId{500}), kRoot);
  EXPECT_EQ(table_->path(TagId{65535}).view(), "");
}

// Every thread makes the same names in its own order while it looks up the others': one tag per
// name must come out, and a reader must never see a half-written one.
TEST_F(TagTableTest, ThreadsThatInternTheSameNamesAgree) {
  constexpr std::size_t kThreads = 8;
  constexpr std::size_t kNames = 200;
  std::vector<std::vector<TagId>> seen(kThreads, std::vector<TagId>(kNames));
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      ready.fetch_add(1);
      while (ready.load() < kThreads) std::this_thread::yield();
      for (std::size_t i = 0; i < kNames; ++i) {
        // 77 and 200 have no common factor, so each thread visits each name once.
        const std::size_t n = (i * 77 + t * 25) % kNames;
        const std::string path = "group" + std::to_string(n % 10) + "::tag" + std::to_string(n);
        seen[t][n] = table_->intern(kRoot, path);
        if (table_->path(seen[t][n]).view() != path) seen[t][n] = kRoot;
        for (std::size_t id = 1; id < table_->size(); ++id) {
          if (table_->name(TagId{static_cast<std::uint16_t>(id)}).empty()) seen[t][n] = kRoot;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t t = 0; t < kThreads; ++t) EXPECT_EQ(seen[t], seen[0]) << "thread " << t;
  EXPECT_EQ((std::set<TagId>(seen[0].begin(), seen[0].end())).size(), kNames);
  EXPECT_FALSE(std::set<TagId>(seen[0].begin(), seen[0].end()).contains(kRoot));
  EXPECT_EQ(table_->size(), 1 + 10 + kNames);
}

// In step, two threads often miss the same name at once; the second must find what the first made.
TEST_F(TagTableTest, ThreadsThatMakeTheSameNameAtOnceMakeOneTag) {
  constexpr std::size_t kThreads = 2;
  constexpr std::size_t kNames = TagTable::kMaxTags - 1;
  for (int round = 0; round < 60; ++round) {
    TagTable table;
    std::vector<std::atomic<std::size_t>> arrived(kNames);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = 0; i < kNames; ++i) {
          const std::string name = std::to_string(i);
          arrived[i].fetch_add(1);
          // Not for ever: on a busy machine the other thread may not run for milliseconds.
          for (int spins = 0; arrived[i].load() < kThreads && spins < 2'000; ++spins) {
          }
          (void)table.intern(kRoot, name);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_FALSE(table.overflowed());  // all names fit exactly, so one that is made twice does not
    ASSERT_EQ(table.size(), TagTable::kMaxTags);
  }
}

}  // namespace
}  // namespace framealloc::detail
