// SPDX-License-Identifier: MIT OR Apache-2.0
// Lua: tables that grow and are thrown away, strings, closures: 110,000 allocations.
#include "workload.hpp"

#include <lua.hpp>

#include <cstdlib>

namespace bench {
namespace {

constexpr const char* kScript = R"(
  local total, kept = 0, {}
  for round = 1, 40 do
    local list = {}
    for i = 1, 500 do
      list[i] = { id = i, name = "item" .. (i * round), call = function() return i + round end }
    end
    for i = 1, #list do total = total + list[i].call() + #list[i].name end
    kept[round % 4 + 1] = list
  end
  return total
)";

void* c_library(void*, void* block, std::size_t, std::size_t new_size) {
  if (new_size != 0) return std::realloc(block, new_size);
  std::free(block);
  return nullptr;
}

}  // namespace

std::int64_t run_lua(Side side, framealloc::c_hooks::Memory& memory) {
  lua_State* const lua = side == Side::Ours ? lua_newstate(&framealloc::c_hooks::lua_alloc, &memory)
                                            : lua_newstate(&c_library, nullptr);
  if (lua == nullptr) return 0;
  luaL_openlibs(lua);
  std::int64_t total = 0;
  if (luaL_loadstring(lua, kScript) == LUA_OK && lua_pcall(lua, 0, 1, 0) == LUA_OK) {
    total = lua_tointeger(lua, -1);
  }
  lua_close(lua);
  return total;
}

}  // namespace bench
