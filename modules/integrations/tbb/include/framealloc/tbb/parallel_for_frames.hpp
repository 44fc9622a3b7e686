// SPDX-License-Identifier: MIT OR Apache-2.0
// A parallel loop whose bodies have their worker's frame memory at hand, and TBB's containers on the
// heap.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/std_allocators.hpp>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <atomic>

namespace framealloc::tbb {

/// For TBB's containers: heap memory under the tag that is current when they grow.
///
///     ::tbb::concurrent_vector<Hit, Allocator<Hit>> hits{Allocator<Hit>(alloc)};
template <class T>
using Allocator = HeapAllocator<T>;

namespace detail {

// TBB hands work from thread to thread inside its library, which ThreadSanitizer cannot see. There
// this says it: what a thread did before handing over comes before what the other does.
class HandedOver {
 public:
#if FRAMEALLOC_TSAN
  void give() noexcept { turn_.fetch_add(1, std::memory_order_acq_rel); }
  void take() noexcept { (void)turn_.load(std::memory_order_acquire); }

 private:
  std::atomic<unsigned> turn_{0};
#else
  void give() noexcept {}
  void take() noexcept {}
#endif
};

}  // namespace detail

/// Effect: calls body(FrameArena&, Index begin, Index end) for parts of [first, last), of which
/// those of up to `grain` indices are not divided further, on the workers of TBB's current arena,
/// and returns when all have returned. The FrameArena is that of the thread that runs the part:
/// what a part allocates is good until the frame ends, for everybody who reads it after this call.
/// Requirement: the frame is open, and ends after the call. Outside a frame the arena denies, which
/// is reported, and the parts run all the same. Errors: what a body throws comes out of the call.
/// Thread contract: any thread; a body may call it too.
template <class Index, class Body>
void parallel_for_frames(SmartAlloc& alloc, Index first, Index last, Body&& body, Index grain = 1) {
  if (!(first < last)) return;
  const auto at_least = static_cast<typename ::tbb::blocked_range<Index>::size_type>(
      grain < Index{1} ? Index{1} : grain);
  detail::HandedOver started;
  detail::HandedOver ended;
  started.give();
  ::tbb::parallel_for(::tbb::blocked_range<Index>(first, last, at_least),
                      [&](const ::tbb::blocked_range<Index>& part) {
                        started.take();
                        body(alloc.frame_arena(), part.begin(), part.end());
                        ended.give();
                      });
  ended.take();
}

}  // namespace framealloc::tbb
