// SPDX-License-Identifier: MIT OR Apache-2.0
#include "ring/thread_ring.hpp"

#include "ring/ring_store.hpp"

#include <array>
#include <atomic>
#include <mutex>

namespace framealloc::gpu::detail {

namespace {

// Only makes finding faster: a store that a thread uses among many more is looked up in the store.
struct Found {
  std::uint64_t store = 0;
  RingAccess* staging = nullptr;
  RingAccess* visible = nullptr;
  [[nodiscard]] RingAccess*& of(GpuMemoryIntent intent) noexcept {
    return intent == GpuMemoryIntent::Staging ? staging : visible;
  }
};
constexpr std::size_t kFound = 8;

constinit std::mutex stores_lock;
constinit RingStore* stores = nullptr;
constinit std::atomic<std::uint64_t> ids{0};

struct ThisThread {
  std::array<Found, kFound> found{};
  ThisThread() = default;
  ThisThread(const ThisThread&) = delete;
  ThisThread& operator=(const ThisThread&) = delete;
  ~ThisThread() {
    found = {};
    const std::lock_guard<std::mutex> guard(stores_lock);
    for (RingStore* store = stores; store != nullptr; store = store->next_store)
      store->give_up_rings_of(this);
  }
};
thread_local ThisThread this_thread_rings;

}  // namespace

RingAccess* ThreadRings::find(std::uint64_t store, GpuMemoryIntent intent) noexcept {
  Found& found = this_thread_rings.found[store % kFound];
  return found.store == store ? found.of(intent) : nullptr;
}

void ThreadRings::remember(std::uint64_t store, RingAccess& ring) noexcept {
  Found& found = this_thread_rings.found[store % kFound];
  if (found.store != store) found = Found{store, nullptr, nullptr};
  found.of(ring.intent) = &ring;
}

const void* ThreadRings::this_thread() noexcept { return &this_thread_rings; }

void ThreadRings::enter(RingStore& store) noexcept {
  const std::lock_guard<std::mutex> guard(stores_lock);
  store.next_store = stores;
  stores = &store;
}

void ThreadRings::leave(RingStore& store) noexcept {
  const std::lock_guard<std::mutex> guard(stores_lock);
  for (RingStore** link = &stores; *link != nullptr; link = &(*link)->next_store) {
    if (*link != &store) continue;
    *link = store.next_store;
    return;
  }
}

std::uint64_t ThreadRings::next_id() noexcept {
  return ids.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace framealloc::gpu::detail
