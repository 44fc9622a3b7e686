// SPDX-License-Identifier: MIT OR Apache-2.0
// What makes a write outside a block, or to one that was freed, noticed: patterns around blocks and
// in freed ones, and a quarantine in which freed blocks wait before they are used again.
#pragma once

#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::detail {

// One per allocator whose guard mode is not Off. The patterns are those that programmers know from
// other debugging heaps. Thread contract: any thread.
class BlockGuard {
 public:
  static constexpr unsigned char kFresh = 0xAB;  // handed out, not yet written
  static constexpr unsigned char kFreed = 0xCD;
  static constexpr unsigned char kZone = 0xFD;  // around blocks
  static constexpr std::size_t kTail = 16;      // bytes that each block has behind it, at least
  static constexpr std::size_t kFront = 16;     // bytes before a slab block that are looked at

  // A freed block in quarantine. `bytes` is what counts against the bound.
  struct Held {
    void* block = nullptr;
    std::size_t bytes = 0;
    bool large = false;  // of the heap's span chunks, else of a slab page
  };

  // `bytes` of freed blocks are held at most; with `fill_fresh` new ones get their pattern. Blocks
  // that have chunks to themselves stay inaccessible for `frames` frames; 0 = they do not.
  BlockGuard(MetadataAllocator& metadata, std::size_t bytes, bool fill_fresh,
             unsigned frames) noexcept;
  ~BlockGuard();
  BlockGuard(const BlockGuard&) = delete;
  BlockGuard& operator=(const BlockGuard&) = delete;

  [[nodiscard]] unsigned frames() const noexcept { return frames_; }
  // Effect: the block of `room` bytes has `size` bytes in use and a zone behind them.
  void begin_life(void* block, std::size_t size, std::size_t room) const noexcept;
  // Effect: the block that had `before` bytes in use has `after`.
  void resize(void* block, std::size_t before, std::size_t after, std::size_t room) const noexcept;
  // Effect: the block has the pattern of freed ones.
  void end_life(void* block, std::size_t size) const noexcept;
  // Effect: the memory is an ordinary one again, zones included.
  void release(void* block, std::size_t room) const noexcept;
  // Effect: a zone that belongs to no block.
  void begin_zone(void* begin, std::size_t size) const noexcept;
  // Effect: [begin, begin + size) is a zone.
  static void make_zone(void* begin, std::size_t size) noexcept;
  // Result: the first byte that does not have the pattern, null when all have. Null where a tool
  // has been told of the memory: it looks at accesses itself, and would object to this one.
  [[nodiscard]] static const std::byte* find_change(const void* begin, std::size_t size,
                                                    unsigned char pattern) noexcept;

  // Effect: takes a freed block in. Result: how many blocks had to go for it, at most `most`,
  // oldest first in `out`; their patterns are still to be looked at.
  [[nodiscard]] std::size_t hold(const Held& freed, Held* out, std::size_t most) noexcept;
  // Result: the oldest blocks, up to `most`, which are in quarantine no more.
  [[nodiscard]] std::size_t take(Held* out, std::size_t most) noexcept;
  // Result: the block at `index` from the oldest; an empty one beyond the newest.
  [[nodiscard]] Held peek(std::size_t index) noexcept;

 private:
  static constexpr std::size_t kEntries = 4096;
  [[nodiscard]] Held pop() noexcept;  // under the lock

  MetadataAllocator& metadata_;
  std::size_t capacity_;
  bool fill_fresh_;
  unsigned frames_;
  bool annotates_;
  SpinLock lock_;
  Held* ring_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace framealloc::detail
