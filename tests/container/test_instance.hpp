// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator whose memory can be limited, and whose reports are counted.
#pragma once

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/stats.hpp>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <optional>

namespace framealloc::test {

class TestInstance {
 public:
  // `limit` in bytes reserved; 0 means none.
  explicit TestInstance(std::size_t limit = 0) {
    AllocConfig config = AllocConfig::minimal();
    config.frame_chunk_size = std::size_t{256} << 10;
    config.global_memory_limit = limit;
    config.on_report = [](const Report&, void* self) {
      static_cast<TestInstance*>(self)->reports_.fetch_add(1);
    };
    config.report_context = this;
    alloc_.emplace(config);
    if (!*alloc_) std::abort();
  }

  // What the containers are made from.
  detail::Instance& operator*() { return *detail::HandleAccess::instance(*alloc_); }
  // As the facade's: what the allocators of the standard library ask for.
  [[nodiscard]] detail::Instance* instance() const {
    return detail::HandleAccess::instance(*alloc_);
  }
  [[nodiscard]] FrameArena& frame_arena() { return alloc_->frame_arena(); }
  void begin_frame() { alloc_->begin_frame(); }
  void end_frame() { alloc_->end_frame(); }
  // Result: bytes of pool and heap blocks in use.
  [[nodiscard]] std::size_t bytes_in_use() const {
    const AllocStats stats = alloc_->stats();
    return stats.pool_allocated + stats.heap_allocated;
  }
  [[nodiscard]] unsigned reports() const { return reports_.load(); }

 private:
  std::atomic<unsigned> reports_{0};  // outlives the allocator, which may report leaks
  std::optional<SmartAlloc> alloc_;
};

}  // namespace framealloc::test
