// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that are about threads. SmartAlloc inherits them.
#pragma once

#include <framealloc/base/call_site.hpp>
#include <framealloc/container/transfer_handle.hpp>
#include <framealloc/pool/deferred.hpp>
#include <framealloc/thread/frame_barrier.hpp>
#include <framealloc/thread/instance.hpp>
#include <framealloc/thread/transfer.hpp>

#include <cstddef>
#include <utility>

namespace framealloc::detail {

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made.
template <class Handle>
class ThreadMembers {
 public:
  // Effect: every end_frame() from now on expects that the barrier has completed a phase since
  // begin_frame(), and reports FA205 with the names of the missing if not; the barrier's own reports
  // (FA208 time-out, FA209 surplus arrival) come to this allocator. Null takes it away. The barrier
  // may die first; an allocator has one barrier at a time, and a barrier one allocator.
  // Thread contract: the thread that drives frames, while no other thread is at the barrier.
  void set_frame_barrier(FrameBarrier* barrier) noexcept {
    if (Instance* const instance = mine()) instance->services().set_barrier(*instance, barrier);
  }

  // Effect: a T(arguments...) in the pool, to be received by another thread: it outlives the frame,
  // and its address stays the same. Result: a handle of nothing when memory is denied (reported).
  template <class T, class... A>
  [[nodiscard]] TransferHandle<T> frame_box_for_transfer(A&&... arguments) {
    Instance* const instance = mine();
    if (instance == nullptr) return {};
    return TransferHandle<T>(
        *instance, PoolBox<T>::make_at(*instance, CallSite::of_function(FRAMEALLOC_FUNCTION),
                                       std::forward<A>(arguments)...));
  }
  // Result: sums over all threads. Exact once the reader has synchronised with them.
  [[nodiscard]] TransferStats transfer_stats() const noexcept {
    const Instance* const instance = mine();
    return instance == nullptr ? TransferStats{} : detail::transfer_stats(*instance);
  }

  // Effect: says when blocks that other threads freed are taken back, and how many may wait; see
  // DeferredConfig. Without a call, the thread that drives frames takes back every few frames.
  // Thread contract: the thread that drives frames.
  void configure_deferred(const DeferredConfig& config) noexcept {
    Instance* const instance = mine();
    if (instance == nullptr) return;
    instance->pools().configure_deferred(config);
    instance->watch_boundaries();
  }
  // Effect: sends what this thread freed for others, and takes back at most `max_count` blocks that
  // others freed for it. Result: how many it took back. Any thread, each for itself.
  std::size_t process_deferred_frees(std::size_t max_count) noexcept {
    Instance* const instance = mine();
    ThreadState* const state = instance == nullptr ? nullptr : instance->find_state();
    if (state == nullptr) return 0;
    state->pools().flush();
    return state->pools().drain(max_count);
  }
  // Result: sums over all threads. Exact once the reader has synchronised with them.
  [[nodiscard]] DeferredStats deferred_stats() const noexcept {
    const Instance* const instance = mine();
    return instance == nullptr ? DeferredStats{} : instance->pools().deferred_stats();
  }

 protected:
  ThreadMembers() = default;
  ~ThreadMembers() = default;
  ThreadMembers(const ThreadMembers&) = default;
  ThreadMembers& operator=(const ThreadMembers&) = default;

 private:
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
