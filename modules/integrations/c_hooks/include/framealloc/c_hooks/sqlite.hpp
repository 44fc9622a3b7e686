// SPDX-License-Identifier: MIT OR Apache-2.0
// SQLite's table of memory methods over a Memory.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/compiler.hpp>

// The build of this module looks at each header, with SQLite or without.
#if !defined(FRAMEALLOC_C_HOOKS_WITHOUT_SQLITE)
#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace framealloc::c_hooks {

// SQLite with statistics asks for the size of each block when it gets it and when it frees it. Sizes
// of recent blocks are noted here, where a look costs a third of one into the heap's pages.
//
// A note is right for as long as SQLite has its block, whatever thread asks: each block that SQLite
// gets replaces or clears the note of its address, one word, and whoever asks has been given the
// block after that. An address whose block was freed may keep its note; nobody asks for it.
class NotedSizes {
 public:
  // Effect: forgets all; notes are kept from now on, or not. No other thread is in a function here.
  void restart(bool noting) noexcept {
    for (std::atomic<std::uint64_t>& note : kept_) note.store(0, std::memory_order_relaxed);
    notes_.store(noting ? &kept_ : &none_, std::memory_order_relaxed);
  }
  // Effect: no note is kept or used any more, since SQLite keeps no statistics and asks for few sizes:
  // its threads would write to these lines for nothing.
  void stop() noexcept { notes_.store(&none_, std::memory_order_relaxed); }
  [[nodiscard]] bool noting() const noexcept {
    return notes_.load(std::memory_order_relaxed) == &kept_;
  }

  void note(const void* block, std::size_t bytes) noexcept {
    if ((bytes & ~(kMostGranules * kGranule)) != 0) [[unlikely]]
      return forget(block);
    kept_[index_of(block)].store(key_of(block) ^ bytes / kGranule, std::memory_order_relaxed);
  }
  void forget(const void* block) noexcept {
    kept_[index_of(block)].store(0, std::memory_order_relaxed);
  }
  // Result: 0 when it is not noted.
  [[nodiscard]] std::size_t size_of(const void* block) const noexcept {
    const Notes& notes = *notes_.load(std::memory_order_relaxed);
    const std::uint64_t note = notes[index_of(block)].load(std::memory_order_relaxed);
    const std::uint64_t granules = note ^ key_of(block);
    return granules <= kMostGranules ? static_cast<std::size_t>(granules) * kGranule : 0;
  }

 private:
  // An address has at most 57 bits; the last are 0, and the next ones say where its note is. So the
  // note of another address with that place differs in the bits above those of the granules.
  static constexpr unsigned kIndexBits = 6;
  static constexpr unsigned kGranuleBits = 17;
  static constexpr unsigned kKeyShift = 64 - 57;
  static constexpr std::uint64_t kMostGranules = (std::uint64_t{1} << kGranuleBits) - 1;
  static_assert(kGranule == std::size_t{1} << (kGranuleBits - kKeyShift - kIndexBits));
  using Notes = std::array<std::atomic<std::uint64_t>, std::size_t{1} << kIndexBits>;

  [[nodiscard]] static std::uint64_t key_of(const void* block) noexcept {
    return std::uint64_t{reinterpret_cast<std::uintptr_t>(block)} << kKeyShift;
  }
  [[nodiscard]] static std::size_t index_of(const void* block) noexcept {
    constexpr std::size_t kMask = (std::size_t{1} << kIndexBits) - 1;
    return reinterpret_cast<std::uintptr_t>(block) / kGranule & kMask;
  }

  Notes kept_{};
  inline static const Notes none_{};
  std::atomic<const Notes*> notes_{&none_};
};

// SQLite hands its methods no context. What they replace is kept: SQLite's own allocator may write
// a header before its blocks, so that only it can free what was made before.
struct SqliteHook : Global<SqliteHook> {
  inline static sqlite3_mem_methods before{};
  inline static bool has_before = false;
  inline static NotedSizes sizes;

  [[nodiscard]] static bool is_ours(void* block) noexcept {
    Memory* const memory = Global::memory();
    return !has_before || (memory != nullptr && memory->owns(block));
  }
  // Of 0, for which SQLite never asks, a Memory makes 1.
  [[nodiscard]] static std::size_t bytes_of(int size) noexcept {
    return static_cast<std::size_t>(size);
  }
  static void* allocate(int size) noexcept {
    Memory* const memory = Global::memory();
    if (memory == nullptr) [[unlikely]]
      return allocate_elsewhere(size);
    if (!sizes.noting()) return memory->allocate(bytes_of(size));
    // With statistics it asks for what round_up() said.
    if (size % static_cast<int>(kGranule) != 0) [[unlikely]]
      sizes.stop();
    const NewHeapBlock made = memory->hand_out(bytes_of(size));
    sizes.note(made.block, made.bytes);
    return made.block;
  }
  FRAMEALLOC_COLD static void* allocate_elsewhere(int size) noexcept {
    void* const block = has_before ? before.xMalloc(size) : std::malloc(bytes_of(size));
    sizes.forget(block);
    return block;
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
    void* const resized = block == nullptr || is_ours(block)
                              ? Global::realloc(block, bytes_of(size))
                              : before.xRealloc(block, size);
    sizes.forget(resized);
    return resized;
  }
  static int size(void* block) noexcept {
    const std::size_t noted = sizes.size_of(block);
    return noted != 0 ? static_cast<int>(noted) : look_up(block);
  }
  FRAMEALLOC_NOINLINE static int look_up(void* block) noexcept {
    // One look tells whose it is, too.
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
    if (size <= 0 || size > kMost) [[unlikely]]
      return size <= 0 ? kStep : size;
    return (size + (kStep - 1)) & ~(kStep - 1);
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
  SqliteHook::sizes.restart(!memory.exact_sizes());
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
  if (result == SQLITE_OK) {
    (void)SqliteHook::uninstall();
    SqliteHook::sizes.restart(false);
  }
  return result;
}

}  // namespace framealloc::c_hooks
#endif
