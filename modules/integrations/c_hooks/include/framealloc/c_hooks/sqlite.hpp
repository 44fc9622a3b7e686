// SPDX-License-Identifier: MIT OR Apache-2.0
// SQLite's table of memory methods over a Memory.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/compiler.hpp>

// The build of this module looks at each header, with SQLite or without.
#if !defined(FRAMEALLOC_C_HOOKS_WITHOUT_SQLITE)
#include <sqlite3.h>

#include <cstddef>
#include <cstdlib>
#include <limits>

namespace framealloc::c_hooks {

// SQLite hands its methods no context. What they replace is kept: SQLite's own allocator may write
// a header before its blocks, so that only it can free what was made before.
struct SqliteHook : Global<SqliteHook> {
  inline static sqlite3_mem_methods before{};
  inline static bool has_before = false;

  [[nodiscard]] static bool is_ours(void* block) noexcept {
    Memory* const memory = Global::memory();
    return !has_before || (memory != nullptr && memory->owns(block));
  }
  [[nodiscard]] static std::size_t bytes_of(int size) noexcept {
    return size > 0 ? static_cast<std::size_t>(size) : 1;
  }
  static void* allocate(int size) noexcept {
    Memory* const memory = Global::memory();
    if (memory != nullptr) [[likely]]
      return memory->allocate(bytes_of(size));
    return has_before ? before.xMalloc(size) : std::malloc(bytes_of(size));
  }
  static void release(void* block) noexcept {
    Memory* const memory = Global::memory();
    if (memory == nullptr || !memory->try_free(block)) [[unlikely]]
      release_foreign(block);
  }
  FRAMEALLOC_COLD static void release_foreign(void* block) noexcept {
    if (block == nullptr || !has_before) return Global::free(block);
    before.xFree(block);
  }
  static void* resize(void* block, int size) noexcept {
    if (block == nullptr || is_ours(block)) {
      return Global::realloc(block, bytes_of(size));
    }
    return before.xRealloc(block, size);
  }
  static int size(void* block) noexcept {
    // SQLite asks twice for each block that it gets: one look tells whose it is, too.
    Memory* const memory = Global::memory();
    const std::size_t bytes = memory != nullptr ? memory->size_of(block) : 0;
    if (bytes == 0) [[unlikely]]
      return block != nullptr && has_before ? before.xSize(block) : 0;
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    return static_cast<int>(bytes < kMost ? bytes : kMost);
  }
  // SQLite asks for what this says, and reckons with it.
  static int round_up(int size) noexcept {
    constexpr int kStep = static_cast<int>(kGranule);
    constexpr int kMost = std::numeric_limits<int>::max() - kStep;
    return size <= 0 ? kStep : size > kMost ? size : (size + kStep - 1) / kStep * kStep;
  }
  static int start(void*) noexcept { return SQLITE_OK; }
  static void stop(void*) noexcept {}
};

/// Effect: SQLite allocates from `memory` from now on. Result: SQLITE_OK; SQLITE_BUSY, and nothing
/// changes, while another Memory is installed; else what sqlite3_config() said, with nothing changed:
/// SQLITE_MISUSE once SQLite is initialized. Requirement: `memory` outlives SQLite's use of it,
/// which ends with uninstall_sqlite(). Thread contract: as sqlite3_config(), one thread at a time.
inline int install_sqlite(Memory& memory) noexcept {
  if (SqliteHook::memory() == &memory) return SQLITE_OK;
  if (SqliteHook::memory() != nullptr) return SQLITE_BUSY;
  sqlite3_mem_methods before{};
  if (const int result = sqlite3_config(SQLITE_CONFIG_GETMALLOC, &before); result != SQLITE_OK) {
    return result;
  }
  static constexpr sqlite3_mem_methods kMethods{
      &SqliteHook::allocate, &SqliteHook::release, &SqliteHook::resize, &SqliteHook::size,
      &SqliteHook::round_up, &SqliteHook::start,   &SqliteHook::stop,   nullptr};
  if (!SqliteHook::install(memory)) return SQLITE_BUSY;
  const int result = sqlite3_config(SQLITE_CONFIG_MALLOC, &kMethods);
  if (result != SQLITE_OK) {
    (void)SqliteHook::uninstall();
  } else if (before.xMalloc != &SqliteHook::allocate) {
    SqliteHook::before = before;
    SqliteHook::has_before = true;
  }
  return result;
}

/// Effect: SQLite allocates as it did before install_sqlite(). Result: SQLITE_OK, also when nothing
/// was installed; else what sqlite3_config() said: SQLITE_MISUSE before sqlite3_shutdown().
inline int uninstall_sqlite() noexcept {
  if (SqliteHook::memory() == nullptr) return SQLITE_OK;
  const int result = sqlite3_config(SQLITE_CONFIG_MALLOC, &SqliteHook::before);
  if (result == SQLITE_OK) (void)SqliteHook::uninstall();
  return result;
}

}  // namespace framealloc::c_hooks
#endif
