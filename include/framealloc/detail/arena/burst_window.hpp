// SPDX-License-Identifier: MIT OR Apache-2.0
// What an arena knows of a FrameBurst.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {

// Whether a burst has memory fetched into the cache before it is written to.
enum class Prefetch : std::uint8_t {
  None,
  Ahead,  // the lines in front of the cursor, for writing: for memory that is not in the cache
};

namespace detail {

// A part of the arena that a burst bumps through. Belongs to the arena and lives as long as it; a
// burst borrows one. The burst's cursor is in the burst, in registers; its limit is here, so that a
// thread that ends the frame or rewinds the arena can make the burst's next call take the slow
// path.
struct BurstWindow {
  std::atomic<std::uintptr_t> limit{0};  // the end, or 0; 0 may be stored by any thread
  // The rest is the arena's thread's.
  std::uintptr_t begin = 0;  // 0: it has no memory now
  std::uintptr_t end = 0;
  std::size_t position = 0;  // of the arena, at `begin`
  std::size_t wanted = 0;    // bytes to take at a time
  TagId tag = TagId::Untagged;
  bool borrowed = false;
  BurstWindow* next = nullptr;  // set once
};

// Of bursts that have none: always full.
FRAMEALLOC_API extern BurstWindow no_window;

}  // namespace detail
}  // namespace framealloc
