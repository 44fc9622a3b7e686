// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "side.hpp"

namespace fa_demo {

/// Objects behind framealloc's handles: generations tell a stale one, compaction may move them.
template <class T>
class HandleTable {
 public:
  using Ref = framealloc::Handle<T>;

  explicit HandleTable(framealloc::HandleAllocator& handles) : handles_(handles) {}
  template <class... Arguments>
  Ref make(Arguments&&... arguments) {
    return handles_.alloc<T>(std::forward<Arguments>(arguments)...);
  }
  T* find(Ref ref) noexcept { return handles_.resolve(ref); }
  void drop(Ref ref) noexcept { handles_.free(ref); }
  template <class Visit>
  void for_each(std::span<const Ref> refs, Visit&& visit) {
    handles_.for_each<T>(refs, visit);
  }

 private:
  framealloc::HandleAllocator& handles_;
};

/// Blocks within the budget of framealloc's streaming allocator.
class StreamingStore {
 public:
  StreamingStore(framealloc::StreamingAllocator& streaming, std::size_t budget)
      : streaming_(streaming) {
    streaming_.set_budget(budget);
    streaming_.set_policy({.evict_equal_priority = true, .min_idle_frames = 0});
  }

  std::uint64_t reserve(std::size_t bytes) { return streaming_.reserve(bytes).raw(); }
  std::byte* begin(std::uint64_t id) {
    return static_cast<std::byte*>(streaming_.begin_load(framealloc::StreamId(id)));
  }
  void progress(std::uint64_t id, std::size_t bytes) {
    streaming_.report_progress(framealloc::StreamId(id), bytes);
  }
  void finish(std::uint64_t id) { streaming_.finish_load(framealloc::StreamId(id)); }
  const std::byte* access(std::uint64_t id) {
    return static_cast<const std::byte*>(streaming_.access(framealloc::StreamId(id)));
  }
  void describe(StreamingUse& use) const {
    const framealloc::StreamingStats stats = streaming_.stats();
    use.budget = stats.budget;
    use.resident_bytes = stats.total_reserved;
    use.evictions = stats.evictions;
  }

 private:
  framealloc::StreamingAllocator& streaming_;
};

}  // namespace fa_demo
