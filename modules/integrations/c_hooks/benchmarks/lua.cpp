// SPDX-License-Identifier: MIT OR Apache-2.0
// Lua: the script of the tests, 110,000 allocations.
#include "../libraries/lua_script.hpp"
#include "workload.hpp"

#include <lua.hpp>

#include <cstdlib>

namespace bench {
namespace {

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
  if (luaL_loadstring(lua, framealloc::c_hooks::kLuaScript) == LUA_OK &&
      lua_pcall(lua, 0, 1, 0) == LUA_OK) {
    total = lua_tointeger(lua, -1);
  }
  lua_close(lua);
  return total;
}

}  // namespace bench
