// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/thread_lane.hpp"

#include <atomic>

namespace framealloc::gpu::detail {

constinit thread_local unsigned lane_of_this_thread FRAMEALLOC_TLS_MODEL = kLanes;

namespace {

constinit std::atomic<unsigned> threads{0};

}  // namespace

unsigned choose_lane() noexcept {
  lane_of_this_thread = threads.fetch_add(1, std::memory_order_relaxed) % kLanes;
  return lane_of_this_thread;
}

}  // namespace framealloc::gpu::detail
