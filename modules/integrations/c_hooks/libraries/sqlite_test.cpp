// SPDX-License-Identifier: MIT OR Apache-2.0
// SQLite under a tag and a budget.
#include <framealloc/c_hooks/sqlite.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "libraries/limits.hpp"
#include "support/denials.hpp"
#include "support/report_log.hpp"
#include "support/shown_tag.hpp"

#include <cstddef>
#include <string>

namespace framealloc::c_hooks {
namespace {

// Result: SQLITE_OK, or the first error; `sum` is what the last query found.
int work(sqlite3* db, int rows, sqlite3_int64* sum) {
  int status = sqlite3_exec(db,
                            "CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, name TEXT);"
                            "CREATE INDEX IF NOT EXISTS by_name ON item(name); BEGIN;",
                            nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  if (status == SQLITE_OK) {
    status =
        sqlite3_prepare_v2(db, "INSERT INTO item(id, name) VALUES(?, ?)", -1, &insert, nullptr);
  }
  for (int i = 0; i < rows && status == SQLITE_OK; ++i) {
    const std::string name = "name " + std::to_string(i * 7919 % rows) + std::string(60, 'x');
    status = sqlite3_bind_int(insert, 1, i);
    if (status == SQLITE_OK) {
      status = sqlite3_bind_text(insert, 2, name.data(), static_cast<int>(name.size()),
                                 SQLITE_TRANSIENT);
    }
    if (status != SQLITE_OK) break;
    status = sqlite3_step(insert);
    if (status == SQLITE_DONE) status = sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  if (status == SQLITE_OK) status = sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
  sqlite3_stmt* query = nullptr;
  if (status == SQLITE_OK) {
    status = sqlite3_prepare_v2(
        db, "SELECT sum(id) FROM (SELECT id FROM item ORDER BY name DESC LIMIT 100)", -1, &query,
        nullptr);
  }
  if (status == SQLITE_OK) {
    status = sqlite3_step(query);
    if (status == SQLITE_ROW) {
      *sum = sqlite3_column_int64(query, 0);
      status = SQLITE_OK;
    }
  }
  sqlite3_finalize(query);
  return status;
}

int live(int rows, sqlite3_int64* sum) {
  sqlite3* db = nullptr;
  int status = sqlite3_open(":memory:", &db);
  if (status == SQLITE_OK) status = work(db, rows, sum);
  // NOMEM comes in its extended forms too.
  const int closed = sqlite3_close(db);
  EXPECT_EQ(closed, SQLITE_OK);
  return status & 0xFF;
}

constexpr int kRows = 2000;

class CHooksSqlite : public ::testing::Test {
 protected:
  CHooksSqlite() { EXPECT_EQ(sqlite3_shutdown(), SQLITE_OK); }
  ~CHooksSqlite() override {
    EXPECT_EQ(sqlite3_shutdown(), SQLITE_OK);
    EXPECT_EQ(uninstall_sqlite(), SQLITE_OK);
  }
  static sqlite3_int64 expected() {
    static const sqlite3_int64 sum = [] {
      sqlite3_int64 found = 0;
      EXPECT_EQ(live(kRows, &found), SQLITE_OK);
      EXPECT_EQ(sqlite3_shutdown(), SQLITE_OK);
      return found;
    }();
    return sum;
  }
};

TEST_F(CHooksSqlite, ADatabaseInMemoryLivesUnderItsTag) {
  const sqlite3_int64 wanted = expected();
  SmartAlloc alloc;
  Memory memory(alloc, "game::db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  sqlite3_int64 sum = 0;
  ASSERT_EQ(work(db, kRows, &sum), SQLITE_OK);
  EXPECT_EQ(sum, wanted);
  // SQLite adds up the sizes that xSize tells it: the same bytes.
  EXPECT_EQ(memory.stats().bytes, static_cast<std::size_t>(sqlite3_memory_used()));
  EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("game::db").heap_bytes);
  EXPECT_GT(memory.stats().bytes, 200'000U);
  framealloc::testing::expect_heap_is_shown(alloc, "game::db", memory.stats().bytes);
  EXPECT_EQ(memory.stats().foreign, 0U);
  EXPECT_EQ(sqlite3_close(db), SQLITE_OK);
  EXPECT_EQ(sqlite3_shutdown(), SQLITE_OK);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST_F(CHooksSqlite, SaysWhyItCannotBeInstalled) {
  SmartAlloc alloc;
  Memory memory(alloc, "db");
  Memory other(alloc, "other");
  ASSERT_EQ(sqlite3_initialize(), SQLITE_OK);
  EXPECT_EQ(install_sqlite(memory), SQLITE_MISUSE);
  sqlite3_free(sqlite3_malloc(100));
  EXPECT_EQ(memory.stats().allocations, 0U) << "nothing has changed";
  ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
  EXPECT_EQ(install_sqlite(memory), SQLITE_OK);
  EXPECT_EQ(install_sqlite(memory), SQLITE_OK) << "again, the same";
  EXPECT_EQ(install_sqlite(other), SQLITE_BUSY);
  ASSERT_EQ(sqlite3_initialize(), SQLITE_OK);
  EXPECT_EQ(uninstall_sqlite(), SQLITE_MISUSE);
  sqlite3_free(sqlite3_malloc(100));
  EXPECT_GT(memory.stats().allocations, 0U);
  ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
  EXPECT_EQ(uninstall_sqlite(), SQLITE_OK);
  EXPECT_EQ(install_sqlite(other), SQLITE_OK);
}

// SQLite's own allocator may hand out the inside of a block, which only it can free.
TEST_F(CHooksSqlite, OlderBlocksGoBackToSqlitesOwnAllocator) {
  SmartAlloc alloc;
  Memory memory(alloc, "db");
  char* const freed = sqlite3_mprintf("%s", "made before the hook");
  char* grown = sqlite3_mprintf("%s", "grown through it");
  ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  ASSERT_EQ(sqlite3_initialize(), SQLITE_OK);
  EXPECT_EQ(sqlite3_msize(freed) >= 21, true);
  sqlite3_free(freed);
  grown = static_cast<char*>(sqlite3_realloc(grown, 5000));
  ASSERT_NE(grown, nullptr);
  EXPECT_STREQ(grown, "grown through it");
  EXPECT_FALSE(memory.owns(grown));
  sqlite3_free(grown);
}

TEST_F(CHooksSqlite, AnyBudgetIsAnErrorOrASuccess) {
  const sqlite3_int64 wanted = expected();
  int denied = 0;
  int succeeded = 0;
  for (const std::size_t limit : forty_limits()) {
    SCOPED_TRACE(limit);
    framealloc::testing::ReportLog log;
    SmartAlloc alloc(limited_config(log));
    alloc.budgets()->register_tag_budget("db", 0, limit);
    Memory memory(alloc, "db");
    ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
    sqlite3_int64 sum = 0;
    const int status = live(kRows, &sum);
    if (status == SQLITE_OK) {
      ++succeeded;
      EXPECT_EQ(sum, wanted);
    } else {
      ++denied;
      EXPECT_EQ(status, SQLITE_NOMEM);
      EXPECT_GT(memory.stats().denials, 0U);
    }
    EXPECT_LE(memory.stats().peak_bytes, limit);
    ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
    ASSERT_EQ(uninstall_sqlite(), SQLITE_OK);
    EXPECT_EQ(memory.stats().bytes, 0U);
    EXPECT_EQ(alloc.tag_stats("db").heap_bytes, 0U);
    EXPECT_TRUE(alloc.leak_report().empty());
  }
  EXPECT_GT(denied, 10);
  EXPECT_GT(succeeded, 5);
}

// SQLite's methods have no context.
testing::NthRequest* nth_request = nullptr;
sqlite3_mem_methods ours{};

TEST_F(CHooksSqlite, EachRequestMayFailOnItsOwn) {
  framealloc::testing::ReportLog log;
  SmartAlloc alloc(limited_config(log));
  Memory memory(alloc, "db");
  ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
  ASSERT_EQ(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &ours), SQLITE_OK);
  sqlite3_mem_methods denying = ours;
  denying.xMalloc = [](int size) { return nth_request->call([&] { return ours.xMalloc(size); }); };
  denying.xRealloc = [](void* block, int size) {
    if (size <= ours.xSize(block)) return ours.xRealloc(block, size);
    return nth_request->call([&] { return ours.xRealloc(block, size); });
  };
  ASSERT_EQ(sqlite3_config(SQLITE_CONFIG_MALLOC, &denying), SQLITE_OK);
  constexpr int kFewRows = 20;
  bool reached_the_end = false;
  int errors = 0;
  for (std::uint64_t n = 1; n < 20'000 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    const std::uint64_t denials = memory.stats().denials;
    testing::NthRequest nth(*alloc.budgets(), "db", n);
    nth_request = &nth;
    sqlite3_int64 sum = 0;
    const int status = live(kFewRows, &sum);
    EXPECT_TRUE(status == SQLITE_OK || status == SQLITE_NOMEM) << status;
    errors += status != SQLITE_OK ? 1 : 0;
    if (status == SQLITE_OK) {
      EXPECT_EQ(sum, kFewRows * (kFewRows - 1) / 2);
    }
    reached_the_end = !nth.was_made();
    EXPECT_EQ(memory.stats().denials - denials, reached_the_end ? 0U : 1U) << "the loss is told";
    ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
    EXPECT_EQ(memory.stats().blocks, 0U);
  }
  EXPECT_TRUE(reached_the_end);
  EXPECT_GT(errors, 50);
}

TEST_F(CHooksSqlite, ADrySourceIsAnErrorOrASuccess) {
  const sqlite3_int64 wanted = expected();
  bool reached_the_end = false;
  for (std::uint64_t n = 1; n < 100 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    CountingSource counting(system_source());
    FailingSource source(counting, n, n % 2 == 0);
    framealloc::testing::ReportLog log;
    {
      SmartAlloc alloc(limited_config(log).with_upstream(&source));
      Memory memory(alloc, "db");
      ASSERT_EQ(install_sqlite(memory), SQLITE_OK);
      sqlite3_int64 sum = 0;
      const int status = live(kRows, &sum);
      EXPECT_TRUE(status == SQLITE_OK || status == SQLITE_NOMEM) << status;
      if (status == SQLITE_OK) {
        EXPECT_EQ(sum, wanted);
      }
      ASSERT_EQ(sqlite3_shutdown(), SQLITE_OK);
      ASSERT_EQ(uninstall_sqlite(), SQLITE_OK);
      EXPECT_EQ(memory.stats().bytes, 0U);
    }
    EXPECT_EQ(counting.bytes_in_use(), 0U);
    reached_the_end = source.failures() == 0;
  }
  EXPECT_TRUE(reached_the_end);
}

}  // namespace
}  // namespace framealloc::c_hooks
