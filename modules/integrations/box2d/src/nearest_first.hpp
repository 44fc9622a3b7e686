// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/frame_vec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace framealloc::box2d::detail {

// Sorts hits by fraction; those of equal fraction stay in the order in which they were found, so
// that a replay finds the same. std::stable_sort would ask the heap for memory; this merges runs by
// way of frame memory, which it gives back, and inserts where there is none.
template <class Hit>
void sort_nearest_first(FrameArena& arena, std::span<Hit> hits) {
  constexpr std::size_t kRun = 16;
  const auto insert = [](Hit* first, Hit* last) {
    for (Hit* at = first; at != last; ++at) {
      const Hit hit = *at;
      Hit* to = at;
      for (; to != first && hit.fraction < to[-1].fraction; --to) *to = to[-1];
      *to = hit;
    }
  };
  const std::size_t count = hits.size();
  Hit* const begin = hits.data();
  Hit* const end = begin + count;
  if (count <= kRun) return insert(begin, end);
  const std::size_t bytes = count * sizeof(Hit);
  Hit* const scratch = bytes <= arena.capacity_left() ? arena.alloc_batch<Hit>(count) : nullptr;
  if (scratch == nullptr) return insert(begin, end);
  const auto run_end = [&](std::size_t at, std::size_t run) { return std::min(at + run, count); };
  for (std::size_t at = 0; at < count; at += kRun) insert(begin + at, begin + run_end(at, kRun));
  Hit* from = begin;
  Hit* to = scratch;
  for (std::size_t run = kRun; run < count; run *= 2) {
    for (std::size_t at = 0; at < count; at += 2 * run) {
      Hit* const middle = from + run_end(at, run);
      Hit* const last = from + run_end(at, 2 * run);
      std::merge(from + at, middle, middle, last, to + at,
                 [](const Hit& a, const Hit& b) { return a.fraction < b.fraction; });
    }
    std::swap(from, to);
  }
  if (from != begin) std::copy(from, from + count, begin);
  (void)arena.shrink_top(scratch, bytes, 0);
}

}  // namespace framealloc::box2d::detail
