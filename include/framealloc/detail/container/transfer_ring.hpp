// SPDX-License-Identifier: MIT OR Apache-2.0
// A bounded queue for many senders and receivers, without locks and without allocating.
#pragma once

#include <framealloc/detail/sync/cache_line.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace framealloc::detail {

// Each cell counts its turns: an even turn waits for a sender, an odd one for a receiver. Places
// are given out by two counters, so that a cell's next user is known before its last one is done
// (Dmitry Vyukov's bounded queue, with turns instead of sequence numbers so that any capacity will
// do). Thread contract: any thread pushes and pops; made and destroyed by one.
template <class T>
class TransferRing {
 public:
  struct Cell {
    std::atomic<std::uint64_t> turn{0};
    alignas(T) std::byte value[sizeof(T)];
  };

  // Requirement: `memory` holds `capacity` cells, which is at least 1, and outlives the ring.
  TransferRing(void* memory, std::size_t capacity) noexcept
      : cells_(static_cast<Cell*>(memory)), capacity_(capacity) {
    for (std::size_t i = 0; i < capacity; ++i) ::new (cells_ + i) Cell;
  }
  TransferRing(const TransferRing&) = delete;
  TransferRing& operator=(const TransferRing&) = delete;

  // Effect: moves `value` in, unless the ring is full. Result: whether it did.
  [[nodiscard]] bool try_push(T& value) noexcept {
    std::uint64_t place = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[place % capacity_];
      const std::uint64_t turn = 2 * (place / capacity_);
      if (cell.turn.load(std::memory_order_acquire) == turn) {
        if (!tail_.compare_exchange_weak(place, place + 1, std::memory_order_relaxed)) continue;
        ::new (static_cast<void*>(cell.value)) T(std::move(value));
        cell.turn.store(turn + 1, std::memory_order_release);
        return true;
      }
      const std::uint64_t before = place;
      place = tail_.load(std::memory_order_relaxed);
      if (place == before) return false;
    }
  }
  // Effect: take(T&&) with the oldest, unless there is none. Result: whether there was.
  template <class Take>
  [[nodiscard]] bool try_pop(Take&& take) noexcept {
    std::uint64_t place = head_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[place % capacity_];
      const std::uint64_t turn = 2 * (place / capacity_) + 1;
      if (cell.turn.load(std::memory_order_acquire) == turn) {
        if (!head_.compare_exchange_weak(place, place + 1, std::memory_order_relaxed)) continue;
        T* const value = std::launder(reinterpret_cast<T*>(cell.value));
        take(std::move(*value));
        std::destroy_at(value);
        cell.turn.store(turn + 1, std::memory_order_release);
        return true;
      }
      const std::uint64_t before = place;
      place = head_.load(std::memory_order_relaxed);
      if (place == before) return false;
    }
  }
  // Result: about how many are in it; exact when no thread pushes or pops.
  [[nodiscard]] std::size_t size() const noexcept {
    const std::uint64_t head = head_.load(std::memory_order_relaxed);
    const std::uint64_t tail = tail_.load(std::memory_order_relaxed);
    return tail > head ? std::size_t{tail - head} : 0;
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  Cell* cells_;
  std::size_t capacity_;
  alignas(kCacheLine) std::atomic<std::uint64_t> tail_{0};
  alignas(kCacheLine) std::atomic<std::uint64_t> head_{0};
};

}  // namespace framealloc::detail
