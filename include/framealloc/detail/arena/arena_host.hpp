// SPDX-License-Identifier: MIT OR Apache-2.0
// What a frame arena needs from its allocator. Used only on slow paths.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/denial.hpp>
#include <framealloc/frame_overflow.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

class FrameArena;

namespace detail {

class PressureMonitor;
struct FrameGuardEntry;

// One run of memory that an arena bumps through. The header is at its start.
struct ArenaChunk {
  // First, so a write past the end of the memory before the chunk always hits it.
  std::uint64_t seal = kSeal;
  ArenaChunk* next = nullptr;
  std::size_t bytes = 0;                // of the whole chunk, this header included
  std::size_t start_position = 0;       // arena position when the chunk was entered
  std::size_t start_waste = 0;          // bytes wasted at chunk ends before this one
  bool pinned = false;                  // the arena's first, committed up front: not given back
  bool run = false;                     // several chunks in one, made for a large request
  std::uint16_t depth = 0;              // chunks that the frame came through before, or more
  std::uint32_t header = kHeaderBytes;  // bytes before the memory that is handed out
  std::size_t used = 0;                 // in a guard mode: bytes handed out by frames that left it
  FrameGuardEntry* guard_entry =
      nullptr;  // in the guard mode Pages: what is known of its allocations

  static constexpr std::uint64_t kSeal = 0xa4e9ac4a11ca7ed5;
  static constexpr std::size_t kHeaderBytes = 64;
  static constexpr std::uint16_t kDeepest = UINT16_MAX;  // the count stops there
  [[nodiscard]] std::byte* begin() noexcept { return reinterpret_cast<std::byte*>(this) + header; }
  [[nodiscard]] std::byte* end() noexcept { return reinterpret_cast<std::byte*>(this) + bytes; }
  [[nodiscard]] std::size_t room() const noexcept { return bytes - header; }
  // Result: false when the header has been written over, so that nothing in it can be trusted.
  [[nodiscard]] bool sound() const noexcept {
    if constexpr (kCheckLevel >= 1) {
      if (header < kHeaderBytes || header > bytes) return false;
    }
    return seal == kSeal;
  }
  // Result: whether a cursor of this chunk can stand there.
  [[nodiscard]] bool holds(std::uintptr_t cursor) const noexcept {
    const std::uintptr_t offset = cursor - reinterpret_cast<std::uintptr_t>(this);
    return sound() && offset >= header && offset <= bytes;
  }
};
static_assert(sizeof(ArenaChunk) <= ArenaChunk::kHeaderBytes);

// What becomes of a request that goes beyond the thread budget's mark in its arena.
enum class ThreadBudgetAnswer : std::uint8_t { Go, Fallback, Deny };

// Implemented by thread/. Every call is made by the thread that owns the arena, but for those that
// say otherwise.
class ArenaHost {
 public:
  // Effect: brings the arena into the frame that is open now (rotating it if it was in an older
  // one). Result: false when no frame is open.
  virtual bool enter_frame(FrameArena& arena) noexcept = 0;
  // Result: false when the frame that the arena is in has ended in between.
  [[nodiscard]] virtual bool frame_is_open(const FrameArena& arena) const noexcept = 0;

  // Result: whether the calling thread is the one that owns the arenas. Any thread.
  [[nodiscard]] virtual bool is_of_this_thread() const noexcept { return true; }

  // Result: a chunk with room for at least `room` bytes; null, with the reason, when denied.
  [[nodiscard]] virtual ArenaChunk* acquire_chunk(std::size_t room, Denial* why) noexcept = 0;
  virtual void release_chunk(ArenaChunk* chunk) noexcept = 0;

  // Result: true if any budget may deny frame memory, so charge() must be called.
  [[nodiscard]] virtual bool has_budgets() const noexcept = 0;
  // Effect: charges between `need` and `want` bytes. Result: bytes charged, 0 when denied. Without
  // `why` a denial is neither counted nor reported: the caller can do with less.
  [[nodiscard]] virtual std::size_t charge(TagId tag, std::size_t need, std::size_t want,
                                           Denial* why) noexcept = 0;
  virtual void uncharge(TagId tag, std::size_t bytes) noexcept = 0;  // any thread

  // Result: the position of a new frame at which ask_thread_budget() must be called; SIZE_MAX =
  // never.
  [[nodiscard]] virtual std::size_t first_thread_budget_mark() const noexcept { return SIZE_MAX; }
  // Effect: decides about a request of `size` bytes that would bring the arena to `position`, and
  // moves `*mark` to the next check; for Go beyond `position`. A denial has been reported, unless
  // `quiet`. Size 0: a block would grow in place, which only the warning lets pass.
  [[nodiscard]] virtual ThreadBudgetAnswer ask_thread_budget(std::size_t, std::size_t,
                                                             std::size_t* mark, const CallSite&,
                                                             bool /*quiet*/) noexcept {
    *mark = SIZE_MAX;
    return ThreadBudgetAnswer::Go;
  }

  // Heap blocks that stand in for frame memory after an overflow. Any thread frees them.
  [[nodiscard]] virtual void* allocate_fallback(std::size_t bytes, std::size_t alignment,
                                                const CallSite& site) noexcept = 0;
  virtual void free_fallback(void* block) noexcept = 0;

  // Effect: notes that a call of `size` bytes was served, while kEmitCalls or kPressureDue is on.
  // The arena expects that anything may have changed afterward.
  virtual void note_call(std::size_t) noexcept {}
  // Result: called to make room before a request is denied; null for none. The handlers that it
  // calls may use this arena.
  [[nodiscard]] virtual PressureMonitor* pressure() noexcept { return nullptr; }

  // Effect: counts an overflow of the arena.
  virtual void note_overflow() noexcept = 0;
  // Effect: notes a corruption (FA009), which is reported where a handler may run.
  virtual void note_corruption(std::string_view, const void*) noexcept {}
  // Effect: reports what denied `requested` bytes under the tag.
  virtual void report_denial(const Denial& why, TagId tag, std::size_t requested,
                             const CallSite& site) noexcept = 0;
  virtual void report(Code code, std::string_view message, TagId tag, std::size_t requested,
                      std::size_t available, const CallSite& site = {}) noexcept = 0;

 protected:
  ~ArenaHost() = default;
};

}  // namespace detail
}  // namespace framealloc
