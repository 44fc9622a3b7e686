// SPDX-License-Identifier: MIT OR Apache-2.0
// A place in a frame arena to which it can be rewound.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc {

class FrameArena;

namespace detail {
struct ArenaChunk;
}

/// A value. Goes stale when its frame ends, or when the arena is rewound to before it; a stale one
/// is recognized and refused. (The idea of an ordered marker with checked unwinding is that of
/// foonathan/memory's memory_stack; staleness across frames and after rewinds is ours.)
class FrameCheckpoint {
 public:
  FrameCheckpoint() = default;
  /// Result: bytes that the arena held when the checkpoint was taken.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  [[nodiscard]] std::uint64_t frame_clock() const noexcept { return clock_; }

 private:
  friend class FrameArena;
  FrameArena* arena_ = nullptr;
  detail::ArenaChunk* chunk_ = nullptr;
  std::byte* cursor_ = nullptr;
  std::size_t position_ = 0;
  std::uint64_t clock_ = 0;
  std::uint64_t serial_ = 0;  // number of rewinds seen
  std::uint64_t order_ = 0;   // what was armed or taken from the heap before it
  std::uint64_t scope_ = 0;   // of a scope: its serial, and where the arena lists it
  std::size_t depth_ = 0;
};

}  // namespace framealloc
