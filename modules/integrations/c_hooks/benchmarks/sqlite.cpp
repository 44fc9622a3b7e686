// SPDX-License-Identifier: MIT OR Apache-2.0
// SQLite: 5,000 rows with an index, in memory, by a prepared statement, and 200 sorted queries.
#include "workload.hpp"

#include <framealloc/c_hooks/sqlite.hpp>

#include <string>

namespace bench {
namespace {

constexpr int kRows = 5000;
constexpr int kQueries = 200;

bool fill(sqlite3* db) {
  if (sqlite3_exec(db,
                   "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT);"
                   "CREATE INDEX by_name ON item(name); BEGIN;",
                   nullptr, nullptr, nullptr) != SQLITE_OK) {
    return false;
  }
  sqlite3_stmt* insert = nullptr;
  bool fine = sqlite3_prepare_v2(db, "INSERT INTO item(id, name) VALUES(?, ?)", -1, &insert,
                                 nullptr) == SQLITE_OK;
  for (int i = 0; i < kRows && fine; ++i) {
    const std::string name = "name " + std::to_string(i * 7919 % kRows) + std::string(60, 'x');
    fine = sqlite3_bind_int(insert, 1, i) == SQLITE_OK &&
           sqlite3_bind_text(insert, 2, name.data(), static_cast<int>(name.size()),
                             SQLITE_TRANSIENT) == SQLITE_OK &&
           sqlite3_step(insert) == SQLITE_DONE && sqlite3_reset(insert) == SQLITE_OK;
  }
  sqlite3_finalize(insert);
  return fine && sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
}

// Result: the sum of the ids that all queries found, 0 when one failed.
std::int64_t query(sqlite3* db) {
  std::int64_t sum = 0;
  for (int i = 0; i < kQueries; ++i) {
    sqlite3_stmt* select = nullptr;
    if (sqlite3_prepare_v2(db,
                           "SELECT id, name FROM item WHERE id > ? ORDER BY name || id LIMIT 20",
                           -1, &select, nullptr) != SQLITE_OK) {
      return 0;
    }
    sqlite3_bind_int(select, 1, kRows - 100 - i % 50);
    while (sqlite3_step(select) == SQLITE_ROW) sum += sqlite3_column_int64(select, 0);
    if (sqlite3_finalize(select) != SQLITE_OK) return 0;
  }
  return sum;
}

std::int64_t live() {
  sqlite3* db = nullptr;
  std::int64_t sum = 0;
  if (sqlite3_open(":memory:", &db) == SQLITE_OK && fill(db)) sum = query(db);
  return sqlite3_close(db) == SQLITE_OK ? sum : 0;
}

std::int64_t run(Side side, framealloc::c_hooks::Memory& memory, int statistics) {
  namespace hooks = framealloc::c_hooks;
  if (sqlite3_shutdown() != SQLITE_OK) return 0;
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, statistics);
  if (side == Side::Ours && hooks::install_sqlite(memory) != SQLITE_OK) return 0;
  const std::int64_t sum = live();
  sqlite3_shutdown();
  if (side == Side::Ours && hooks::uninstall_sqlite() != SQLITE_OK) return 0;
  return sum;
}

}  // namespace

std::int64_t run_sqlite(Side side, framealloc::c_hooks::Memory& memory) {
  return run(side, memory, 1);
}
std::int64_t run_sqlite_without_statistics(Side side, framealloc::c_hooks::Memory& memory) {
  return run(side, memory, 0);
}

}  // namespace bench
