// SPDX-License-Identifier: MIT OR Apache-2.0
// The sizes that SQLite is told: noted or looked up, they are those of the heap.
#include <framealloc/c_hooks/sqlite.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace framealloc::c_hooks {
namespace {

// An address is only looked at.
const void* at(std::uintptr_t address) { return reinterpret_cast<const void*>(address); }

TEST(CHooksNotedSizes, KeepsWhatFitsAndAnswersForThatAddressAlone) {
  constexpr std::uintptr_t kBlock = 0x7f12'3456'7890;
  NotedSizes sizes;
  sizes.note(at(kBlock), 64);
  EXPECT_EQ(sizes.size_of(at(kBlock)), 0U) << "nothing is noted before restart()";
  sizes.restart(true);
  EXPECT_TRUE(sizes.noting());
  EXPECT_EQ(sizes.size_of(at(kBlock)), 0U);
  EXPECT_EQ(sizes.size_of(nullptr), 0U);
  constexpr std::size_t kMost = ((std::size_t{1} << 17) - 1) * kGranule;
  for (const std::size_t bytes : {std::size_t{16}, std::size_t{4672}, kMost}) {
    sizes.note(at(kBlock), bytes);
    EXPECT_EQ(sizes.size_of(at(kBlock)), bytes);
    for (unsigned bit = 4; bit < 57; ++bit) {
      EXPECT_EQ(sizes.size_of(at(kBlock ^ std::uintptr_t{1} << bit)), 0U) << bit;
    }
  }
  for (const std::size_t bytes : {std::size_t{24}, kMost + kGranule, std::size_t{1} << 40}) {
    sizes.note(at(kBlock), 64);
    sizes.note(at(kBlock), bytes);
    EXPECT_EQ(sizes.size_of(at(kBlock)), 0U) << bytes << " does not fit, and 64 is no longer true";
  }
  sizes.note(at(kBlock), 64);
  sizes.forget(at(kBlock));
  EXPECT_EQ(sizes.size_of(at(kBlock)), 0U);
  sizes.note(at(kBlock), 64);
  sizes.stop();
  EXPECT_FALSE(sizes.noting());
  EXPECT_EQ(sizes.size_of(at(kBlock)), 0U);
  sizes.restart(true);
  EXPECT_EQ(sizes.size_of(at(kBlock)), 0U);
}

class CHooksSqliteSizes : public ::testing::Test {
 protected:
  CHooksSqliteSizes() { EXPECT_EQ(sqlite3_shutdown(), SQLITE_OK); }
  ~CHooksSqliteSizes() override { EXPECT_EQ(uninstall_sqlite(), SQLITE_OK); }
  static AllocConfig unverified() {
    AllocConfig config;
    config.checked = false;
    return config;
  }
};

// Blocks that are allocated, resized and freed through SQLite's methods by any of several threads, while
// pages change their class: each block has the size of the heap at any time.
void churn(const Memory& memory, SmartAlloc& alloc, bool rounded) {
  constexpr int kThreads = 3;
  constexpr int kSteps = 20'000;
  std::mutex mutex;
  std::vector<void*> blocks;
  std::size_t wrong = 0;
  const auto step = [&](std::mt19937& random) {
    const std::scoped_lock lock(mutex);
    const int asked = 1 + static_cast<int>(random() % (random() % 50 == 0 ? 300'000 : 600));
    const int size = rounded ? SqliteHook::round_up(asked) : asked;
    const std::size_t place = blocks.empty() ? 0 : random() % blocks.size();
    const auto what = random() % 100;
    if (what < 50 || blocks.empty()) {
      blocks.push_back(SqliteHook::allocate(size));
    } else if (what < 65) {
      blocks[place] = SqliteHook::resize(blocks[place], size);
    } else {
      SqliteHook::release(blocks[place]);
      blocks[place] = blocks.back();
      blocks.pop_back();
    }
    // Whole pages become empty, and serve other sizes afterwards.
    if (blocks.size() > 400) {
      for (void* block : blocks) SqliteHook::release(block);
      blocks.clear();
      alloc.trim();
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(blocks.size(), 8); ++i) {
      void* const block = blocks[(place + i) % blocks.size()];
      wrong += static_cast<std::size_t>(SqliteHook::size(block)) != memory.size_of(block) ? 1 : 0;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned id = 0; id < kThreads; ++id) {
      threads.emplace_back([&, id] {
        std::mt19937 random(id + 1);
        for (int i = 0; i < kSteps; ++i) step(random);
      });
    }
  }
  EXPECT_EQ(wrong, 0U);
  for (void* block : blocks) SqliteHook::release(block);
  EXPECT_EQ(memory.stats().blocks, 0U);
}

TEST_F(CHooksSqliteSizes, AreThoseOfTheHeapWithStatistics) {
  SmartAlloc alloc(unverified());
  Memory memory(alloc, "db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  churn(memory, alloc, true);
  EXPECT_TRUE(SqliteHook::sizes.noting());
}

TEST_F(CHooksSqliteSizes, AreThoseOfTheHeapWithoutStatistics) {
  SmartAlloc alloc(unverified());
  Memory memory(alloc, "db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  churn(memory, alloc, false);
  EXPECT_FALSE(SqliteHook::sizes.noting()) << "SQLite asks for few sizes then";
}

TEST_F(CHooksSqliteSizes, AreLookedUpWhereAModeWatchesEachByte) {
  AllocConfig config;
  config.checked = true;
  SmartAlloc alloc(config);
  Memory memory(alloc, "db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  EXPECT_FALSE(SqliteHook::sizes.noting());
  churn(memory, alloc, true);
}

// SQLite's own statistics with notes: it adds up what it was told when it got a block, and takes off what
// it is told when it frees it.
TEST_F(CHooksSqliteSizes, AddUpToWhatIsInUse) {
  SmartAlloc alloc(unverified());
  Memory memory(alloc, "db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(db,
                   "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT);"
                   "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)"
                   "INSERT INTO item SELECT i, printf('%0*d', i % 900, i) FROM n;"
                   "DELETE FROM item WHERE id % 3 = 0; VACUUM;",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  EXPECT_EQ(memory.stats().bytes, static_cast<std::size_t>(sqlite3_memory_used()));
  EXPECT_GT(memory.stats().bytes, 500'000U);
  EXPECT_TRUE(SqliteHook::sizes.noting());
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(sqlite3_memory_used(), 0);
}

}  // namespace
}  // namespace framealloc::c_hooks
