// SPDX-License-Identifier: MIT OR Apache-2.0
// Two Lua states, each under a tag and a budget: one has enough, the other is told "not enough memory".
#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/framealloc.hpp>

#include <lua.hpp>

#include <cstdio>

namespace {

int open_libraries(lua_State* lua) {
  luaL_openlibs(lua);
  return 0;
}

// Effect: `*attributed` is false if the tag holds another number of bytes than the state. Result:
// whether the script ran to its end.
bool run(framealloc::c_hooks::Memory& memory, const char* script, bool* attributed) {
  const auto name = memory.tag();
  lua_State* const lua = lua_newstate(&framealloc::c_hooks::lua_alloc, &memory);
  if (lua == nullptr) {
    std::printf("%.*s: no memory for a state\n", static_cast<int>(name.size()), name.data());
    return false;
  }
  // In a protected call: a denial outside of one ends the program.
  lua_pushcfunction(lua, &open_libraries);
  bool done = lua_pcall(lua, 0, 0, 0) == LUA_OK && luaL_dostring(lua, script) == LUA_OK;
  const framealloc::c_hooks::MemoryStats stats = memory.stats();
  std::printf("%.*s: %s; %zu bytes in %zu blocks, %zu at most\n", static_cast<int>(name.size()),
              name.data(), done ? "done" : lua_tostring(lua, -1), stats.bytes, stats.blocks,
              stats.peak_bytes);
  if (memory.allocator().tag_stats(name).heap_bytes != stats.bytes) *attributed = false;
  lua_close(lua);
  return done;
}

}  // namespace

int main() {
  framealloc::AllocConfig config;
  config.enable_budgets = true;
  framealloc::SmartAlloc alloc(config);
  alloc.set_report_handler([](const framealloc::Report&, void*) {});
  alloc.budgets()->register_tag_budget("game::lua", 0, 16 << 20);
  alloc.budgets()->register_tag_budget("mods::lua", 0, 64 << 10);
  framealloc::c_hooks::Memory game(alloc, "game::lua");
  framealloc::c_hooks::Memory mods(alloc, "mods::lua");

  constexpr const char* kScript = "local t = {} for i = 1, 10000 do t[i] = 'item' .. i end";
  bool attributed = true;
  const bool game_done = run(game, kScript, &attributed);
  const bool mods_done = run(mods, kScript, &attributed);
  const bool clean = attributed && alloc.leak_report().empty();
  std::printf("%zu bytes left, %llu requests of mods::lua denied; %s\n",
              alloc.stats().heap_allocated, static_cast<unsigned long long>(mods.stats().denials),
              clean ? "the tags held it to the byte" : "WRONG");
  return game_done && !mods_done && clean ? 0 : 1;
}
