// SPDX-License-Identifier: MIT OR Apache-2.0
// Who holds what, to the byte: the physics examples print this at their peak and at their end.
#pragma once

#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdio>

namespace physics_example {

/// Effect: prints stats() and the tags that hold something. Result: whether the tags add up to the
/// whole.
inline bool print_holdings(const framealloc::SmartAlloc& alloc) {
  const framealloc::AllocStats all = alloc.stats();
  std::printf("held: %zu bytes of heap, %zu of pool, %zu of frame\n", all.heap_allocated,
              all.pool_allocated, all.frame_allocated);
  std::size_t heap = 0;
  std::size_t pool = 0;
  std::size_t frame = 0;
  for (const framealloc::TagStats& tag : alloc.all_tag_stats()) {
    heap += tag.heap_bytes;
    pool += tag.pool_bytes;
    frame += tag.frame_bytes;
    if (tag.current_bytes == 0) continue;
    std::printf("  %-16s %7zu heap %7zu pool %7zu frame\n",
                tag.tag.empty() ? "(no tag)" : tag.tag.c_str(), tag.heap_bytes, tag.pool_bytes,
                tag.frame_bytes);
  }
  return heap == all.heap_allocated && pool == all.pool_allocated && frame == all.frame_allocated;
}

/// Effect: prints what is left at the end, and the verdict. Result: the program's.
inline int finish(const framealloc::SmartAlloc& alloc, bool right) {
  const std::size_t left = alloc.stats().total_allocated;
  const bool clean = alloc.leak_report().empty() && left == 0;
  std::printf("leaks: %s, %zu bytes held; %s\n", clean ? "none" : "some", left,
              right && clean ? "all as it should be" : "WRONG");
  return right && clean ? 0 : 1;
}

}  // namespace physics_example
