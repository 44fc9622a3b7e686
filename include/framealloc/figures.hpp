// SPDX-License-Identifier: MIT OR Apache-2.0
// What visit_tags(), visit_threads() and visit_budgets() show of an allocator: plain values, made
// one after the other while it goes on, without allocating. Sizes in bytes; text is valid during
// the call that shows it.
#pragma once

#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

// Whose memory the bytes are of.
enum class MemoryDomain : std::uint8_t { Host, Device };

// One tag, over all threads; what is held by tags below it is theirs. A parent is shown before its
// children and has the smaller id, so a reader adds subtrees up from the end.
struct TagFigures {
  TagId id = TagId::Untagged;
  TagId parent = TagId::Untagged;  // its own for Untagged, which is the root of all
  MemoryDomain domain = MemoryDomain::Host;
  std::string_view tag;           // path, "" for untagged bytes
  std::string_view name;          // its last component; lives as long as the allocator
  std::size_t current_bytes = 0;  // frame + pool + heap
  std::size_t frame_bytes = 0;
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t bytes_allocated = 0;     // ever
  std::uint64_t allocation_count = 0;  // pool and heap
  std::size_t peak_frame_bytes = 0;
  std::size_t last_frame_bytes = 0;
};

// One thread that uses the allocator now.
struct ThreadFigures {
  ThreadId id;
  std::string_view name;        // as the program named it, else ""
  std::size_t frame_bytes = 0;  // of the shared frame: so far, or all of it once it has ended
  // Blocks that the thread allocated and that have not come back to it, wherever they are used.
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t peak_frame_bytes = 0;  // most in any frame
  std::size_t reserved_bytes = 0;    // chunks of its arenas
  std::size_t frame_limit = 0;       // of the thread; 0 = none
  std::size_t pool_limit = 0;
  std::size_t pool_used = 0;  // what pool_limit is about: blocks of its pages that nobody has freed
};

// One budget: that of the whole, or of a tag that has a limit or a charge.
struct BudgetFigures {
  TagId id = TagId::Untagged;
  MemoryDomain domain = MemoryDomain::Host;
  bool global = false;         // of the whole
  std::string_view tag;        // path; "" for untagged bytes, and for the whole
  std::size_t soft_limit = 0;  // 0 = none
  std::size_t hard_limit = 0;
  std::size_t current_usage = 0;  // charged: held, plus what threads keep ready
  std::size_t peak_usage = 0;
  std::uint64_t denials = 0;
};

namespace detail {

// A function that is called with each of them, as the library's own code takes it.
template <class Figures>
struct FigureVisitor {
  void (*call)(void* context, const Figures& figures);
  void* context;
  void operator()(const Figures& figures) const { call(context, figures); }
};
template <class Figures, class F>
[[nodiscard]] FigureVisitor<Figures> visitor_of(F& visit) noexcept {
  return {[](void* context, const Figures& figures) { (*static_cast<F*>(context))(figures); },
          const_cast<void*>(static_cast<const void*>(&visit))};
}

}  // namespace detail
}  // namespace framealloc
