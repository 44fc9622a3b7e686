// SPDX-License-Identifier: MIT OR Apache-2.0
// The ring that the handoff workload passes its objects through. One producer, one consumer;
// indices are published every kBatch items, so the ring itself is a small part of what is measured.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

namespace bench {

class SpscRing {
 public:
  static constexpr std::size_t kCapacity = 1024;
  static constexpr std::size_t kBatch = 64;

  // Effect: adds an item, waiting while the ring is full. Producer only.
  void push(void* item) {
    if (tail_ - seen_head_ == kCapacity) wait_for_room();
    slots_[tail_ % kCapacity] = item;
    if (++tail_ % kBatch == 0) published_tail_.store(tail_, std::memory_order_release);
  }
  // Effect: takes the oldest item, waiting while there is none. Consumer only.
  void* pop() {
    if (head_ == seen_tail_) wait_for_item();
    void* item = slots_[head_ % kCapacity];
    if (++head_ % kBatch == 0) published_head_.store(head_, std::memory_order_release);
    return item;
  }

 private:
  [[gnu::noinline]] void wait_for_room() {
    for (unsigned spins = 0; tail_ - seen_head_ == kCapacity; ++spins) {
      seen_head_ = published_head_.load(std::memory_order_acquire);
      if (spins > 20'000) std::this_thread::yield();
    }
  }
  [[gnu::noinline]] void wait_for_item() {
    for (unsigned spins = 0; head_ == seen_tail_; ++spins) {
      seen_tail_ = published_tail_.load(std::memory_order_acquire);
      if (spins > 20'000) std::this_thread::yield();
    }
  }

  alignas(64) std::size_t tail_ = 0;
  std::size_t seen_head_ = 0;
  alignas(64) std::size_t head_ = 0;
  std::size_t seen_tail_ = 0;
  alignas(64) std::atomic<std::size_t> published_tail_{0};
  alignas(64) std::atomic<std::size_t> published_head_{0};
  alignas(64) std::array<void*, kCapacity> slots_{};
};

}  // namespace bench
