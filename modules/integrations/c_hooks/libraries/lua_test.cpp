// SPDX-License-Identifier: MIT OR Apache-2.0
// Lua 5.4 under a tag and a budget.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "libraries/limits.hpp"
#include "libraries/lua_script.hpp"
#include "libraries/mallocs.hpp"
#include "support/denials.hpp"
#include "support/report_log.hpp"
#include "support/shown_tag.hpp"

#include <lua.hpp>

#include <cstddef>
#include <cstdlib>
#include <string>

namespace framealloc::c_hooks {
namespace {

constexpr lua_Integer kTotal = 5'579'020;
constexpr int kFewRounds = 6;  // as much memory at once, in a seventh of the time

int open_libraries(lua_State* lua) {
  luaL_openlibs(lua);
  lua_pushinteger(lua, kFewRounds);
  lua_setglobal(lua, "ROUNDS");
  return 0;
}

// Result: LUA_OK and the value that the script left in `result`, or what Lua says.
int run(lua_State* lua, const char* script, lua_Integer* result) {
  int status = luaL_loadstring(lua, script);
  if (status == LUA_OK) status = lua_pcall(lua, 0, 1, 0);
  if (status == LUA_OK) *result = lua_tointeger(lua, -1);
  lua_settop(lua, 0);
  return status;
}

// A whole life of a state. Result: LUA_OK or what failed; LUA_ERRMEM when there was no state.
int live(lua_Alloc allocate, void* context, const char* script, lua_Integer* result) {
  lua_State* const lua = lua_newstate(allocate, context);
  if (lua == nullptr) return LUA_ERRMEM;
  lua_pushcfunction(lua, &open_libraries);
  int status = lua_pcall(lua, 0, 0, 0);
  lua_settop(lua, 0);
  if (status == LUA_OK) status = run(lua, script, result);
  if (status != LUA_OK) {
    // What was denied leaves a state that works and that can be closed.
    lua_gc(lua, LUA_GCCOLLECT);
    EXPECT_EQ(lua_gettop(lua), 0);
  }
  lua_close(lua);
  return status;
}

void* c_library(void*, void* block, std::size_t, std::size_t new_size) {
  if (new_size != 0) return std::realloc(block, new_size);
  std::free(block);
  return nullptr;
}

// What few rounds come to, with the C library's memory.
lua_Integer total_of_few_rounds() {
  lua_Integer total = 0;
  EXPECT_EQ(live(&c_library, nullptr, kLuaScript, &total), LUA_OK);
  return total;
}

TEST(CHooksLua, AScriptRunsOnItsTagAndNothingElse) {
  SmartAlloc alloc;
  Memory memory(alloc, "game::lua");
  lua_Integer plain = 0;
  lua_State* const reference = luaL_newstate();
  luaL_openlibs(reference);
  ASSERT_EQ(run(reference, kLuaScript, &plain), LUA_OK);
  lua_close(reference);
  ASSERT_EQ(plain, kTotal);

  lua_State* const lua = lua_newstate(&lua_alloc, &memory);
  ASSERT_NE(lua, nullptr);
  luaL_openlibs(lua);
  lua_Integer ours = 0;
  ASSERT_EQ(run(lua, kLuaScript, &ours), LUA_OK);
  EXPECT_EQ(ours, plain);
  const MemoryStats stats = memory.stats();
  EXPECT_GT(stats.allocations, 50'000U);
  EXPECT_GT(stats.in_place, 0U);
  EXPECT_EQ(stats.foreign, 0U);
  // Lua counts what it asked for, the heap what that is rounded up to.
  const auto asked = static_cast<std::size_t>(lua_gc(lua, LUA_GCCOUNT)) * 1024 +
                     static_cast<std::size_t>(lua_gc(lua, LUA_GCCOUNTB));
  EXPECT_GE(stats.bytes, asked);
  EXPECT_EQ(stats.bytes, alloc.tag_stats("game::lua").heap_bytes);
  EXPECT_EQ(stats.bytes, alloc.stats().heap_allocated);
  framealloc::testing::expect_heap_is_shown(alloc, "game::lua", stats.bytes);
  lua_close(lua);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().blocks, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
}

TEST(CHooksLua, AScriptThatIsWarmCallsNoMallocAndNoMmap) {
  SmartAlloc alloc;
  Memory memory(alloc, "game::lua");
  lua_State* const lua = lua_newstate(&lua_alloc, &memory);
  ASSERT_NE(lua, nullptr);
  luaL_openlibs(lua);
  lua_Integer total = 0;
  // What the collector has not come to yet differs from run to run, so the heap grows for some.
  for (int i = 0; i < 4; ++i) ASSERT_EQ(run(lua, kLuaScript, &total), LUA_OK);
  const MallocsInScope mallocs;
  ASSERT_EQ(run(lua, kLuaScript, &total), LUA_OK);
  EXPECT_EQ(mallocs.count(), 0U);
  EXPECT_EQ(mallocs.maps(), 0U);
  lua_close(lua);
  // The same without us.
  lua_State* const plain = lua_newstate(&c_library, nullptr);
  ASSERT_NE(plain, nullptr);
  luaL_openlibs(plain);
  ASSERT_EQ(run(plain, kLuaScript, &total), LUA_OK);
  const MallocsInScope without;
  ASSERT_EQ(run(plain, kLuaScript, &total), LUA_OK);
  EXPECT_GT(without.count(), 50'000U);
  lua_close(plain);
}

// lupa#211: limits below 24 KB crash there.
TEST(CHooksLua, AnyBudgetIsAnErrorOrASuccess) {
  const lua_Integer wanted = total_of_few_rounds();
  int denied = 0;
  int succeeded = 0;
  for (const std::size_t limit : forty_limits()) {
    SCOPED_TRACE(limit);
    framealloc::testing::ReportLog log;
    SmartAlloc alloc(limited_config(log));
    alloc.budgets()->register_tag_budget("lua", 0, limit);
    Memory memory(alloc, "lua");
    lua_Integer total = 0;
    const int status = live(&lua_alloc, &memory, kLuaScript, &total);
    if (status == LUA_OK) {
      ++succeeded;
      EXPECT_EQ(total, wanted);
    } else {
      ++denied;
      EXPECT_EQ(status, LUA_ERRMEM);
      EXPECT_GT(memory.stats().denials, 0U);
      EXPECT_GT(log.count(Code::FA311), 0U);
    }
    EXPECT_LE(memory.stats().peak_bytes, limit);
    EXPECT_EQ(memory.stats().bytes, 0U);
    EXPECT_EQ(memory.stats().blocks, 0U);
    EXPECT_EQ(alloc.tag_stats("lua").heap_bytes, 0U);
    EXPECT_TRUE(alloc.leak_report().empty());
  }
  EXPECT_GT(denied, 20);
  EXPECT_GT(succeeded, 3);
}

TEST(CHooksLua, ADeniedStateGoesOnOnceThereIsMemory) {
  framealloc::testing::ReportLog log;
  SmartAlloc alloc(limited_config(log));
  Memory memory(alloc, "lua");
  lua_State* const lua = lua_newstate(&lua_alloc, &memory);
  ASSERT_NE(lua, nullptr);
  luaL_openlibs(lua);
  alloc.budgets()->register_tag_budget("lua", 0, std::size_t{200} << 10);
  lua_Integer total = 0;
  EXPECT_EQ(run(lua, kLuaScript, &total), LUA_ERRMEM);
  alloc.budgets()->register_tag_budget("lua", 0, 0);
  EXPECT_EQ(run(lua, kLuaScript, &total), LUA_OK);
  EXPECT_EQ(total, kTotal);
  lua_close(lua);
  EXPECT_EQ(memory.stats().bytes, 0U);
}

// Every request to the source fails once, for good or not.
TEST(CHooksLua, ADrySourceIsAnErrorOrASuccess) {
  const lua_Integer wanted = total_of_few_rounds();
  bool reached_the_end = false;
  for (std::uint64_t n = 1; n < 200 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    CountingSource counting(system_source());
    FailingSource source(counting, n, n % 2 == 0);
    framealloc::testing::ReportLog log;
    {
      SmartAlloc alloc(limited_config(log).with_upstream(&source));
      Memory memory(alloc, "lua");
      lua_Integer total = 0;
      const int status = live(&lua_alloc, &memory, kLuaScript, &total);
      EXPECT_TRUE(status == LUA_OK || status == LUA_ERRMEM) << status;
      if (status == LUA_OK) {
        EXPECT_EQ(total, wanted);
      }
      EXPECT_EQ(memory.stats().bytes, 0U);
      EXPECT_EQ(memory.stats().blocks, 0U);
    }
    EXPECT_EQ(counting.bytes_in_use(), 0U);
    reached_the_end = source.failures() == 0;
  }
  EXPECT_TRUE(reached_the_end);
}

// The n-th request of a state for more memory is denied by the tag's budget.
struct DenyNth {
  Memory& memory;
  framealloc::testing::NthRequest nth;
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
    auto& deny = *static_cast<DenyNth*>(self);
    // Within a granule there is room, whatever the budget.
    const bool grows = block == nullptr ? new_size != 0
                                        : (new_size + kGranule - 1) / kGranule >
                                              (old_size + kGranule - 1) / kGranule;
    const auto serve = [&] { return lua_alloc(&deny.memory, block, old_size, new_size); };
    return grows ? deny.nth.call(serve) : serve();
  }
};

TEST(CHooksLua, EachRequestMayFailOnItsOwn) {
  constexpr const char* kShort = "local t = {} for i = 1, 40 do t[i] = {i .. 'x'} end return #t";
  framealloc::testing::ReportLog log;
  SmartAlloc alloc(limited_config(log));
  Memory memory(alloc, "lua");
  bool reached_the_end = false;
  for (std::uint64_t n = 1; n < 20'000 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    const std::uint64_t denials = memory.stats().denials;
    DenyNth deny{memory, {*alloc.budgets(), "lua", n}};
    lua_Integer count = 0;
    const int status = live(&DenyNth::allocate, &deny, kShort, &count);
    EXPECT_TRUE(status == LUA_OK || status == LUA_ERRMEM) << status;
    EXPECT_EQ(memory.stats().bytes, 0U);
    EXPECT_EQ(memory.stats().blocks, 0U);
    reached_the_end = !deny.nth.was_made();
    EXPECT_EQ(memory.stats().denials - denials, reached_the_end ? 0U : 1U) << "the loss is told";
    if (reached_the_end) {
      EXPECT_EQ(count, 40);
    }
  }
  EXPECT_TRUE(reached_the_end);
}

// A state that changes its allocator goes on with blocks of the old one.
TEST(CHooksLua, AStateMayChangeItsAllocator) {
  SmartAlloc alloc;
  Memory memory(alloc, "lua");
  lua_State* const lua = lua_newstate(&c_library, nullptr);
  ASSERT_NE(lua, nullptr);
  luaL_openlibs(lua);
  lua_setallocf(lua, &lua_alloc, &memory);
  lua_Integer total = 0;
  ASSERT_EQ(run(lua, kLuaScript, &total), LUA_OK);
  EXPECT_EQ(total, kTotal);
  lua_close(lua);
  EXPECT_GT(memory.stats().foreign, 0U);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().blocks, 0U);
}

}  // namespace
}  // namespace framealloc::c_hooks
