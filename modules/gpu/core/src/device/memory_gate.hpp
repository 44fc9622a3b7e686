// SPDX-License-Identifier: MIT OR Apache-2.0
// The one place that asks the device for memory, after every budget.
#pragma once

#include "device/gpu_denial.hpp"
#include "device/usage_peak.hpp"

#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/reservation_guard.hpp>
#include <framealloc/gpu/stats.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

inline constexpr unsigned kMaxHeaps = 16;
inline constexpr unsigned kMaxTypes = 32;

// Bytes by heap.
using HeapBytes = std::array<std::size_t, kMaxHeaps>;

// Budgets are charged with an atomic operation before the device is asked, so what is reserved is
// never above the budget, on whatever thread. Nothing else calls GpuBackend::allocate_memory().
// Thread contract: any thread, except where said.
class MemoryGate {
 public:
  MemoryGate(GpuBackend& backend, std::size_t heap_limit) noexcept;
  MemoryGate(const MemoryGate&) = delete;
  MemoryGate& operator=(const MemoryGate&) = delete;

  // Effect: memory of request.type. Makes no room, reports nothing: see GpuCore::take_memory().
  // Result: false, and why: FA417 the heap's budget or the guard, FA416 the device, FA419.
  [[nodiscard]] bool allocate(const DeviceMemoryRequest& request, DeviceMemory& memory,
                              GpuDenial& denial) noexcept;
  // Result: whether memory of the type could have that size, if all of its heap were free.
  [[nodiscard]] bool can_ever_hold(unsigned type, std::size_t size) const noexcept {
    return size <= most_[type];
  }
  // Requirement: what allocate() gave for that type and size.
  void free(unsigned type, std::size_t size, const DeviceMemory& memory) noexcept;
  // Effect: asks the system for every heap's budget. One thread at a time.
  void refresh_budgets() noexcept;
  void set_limit(unsigned heap, std::size_t bytes) noexcept;
  bool set_guard(ReservationGuard* guard) noexcept;

  [[nodiscard]] unsigned heap_count() const noexcept { return heap_count_; }
  [[nodiscard]] unsigned heap_of(unsigned type) const noexcept { return heap_of_[type]; }
  [[nodiscard]] std::size_t budget(unsigned heap) const noexcept;
  [[nodiscard]] std::size_t reserved(unsigned heap) const noexcept {
    return heaps_[heap].reserved.load(std::memory_order_relaxed);
  }
  // Result: what the heap would still grant now.
  [[nodiscard]] std::size_t room(unsigned heap) const noexcept;
  // Result: all but `used`, which the caller knows.
  [[nodiscard]] GpuHeapBudget figures(unsigned heap) const noexcept;
  [[nodiscard]] std::size_t total() const noexcept;
  [[nodiscard]] std::size_t peak_total() const noexcept { return peak_total_.peak(); }
  [[nodiscard]] std::uint64_t device_allocations() const noexcept {
    return allocations_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t device_frees() const noexcept {
    return frees_.load(std::memory_order_relaxed);
  }
  // Effect: counts a request that the heap has denied in the end, wherever it went then.
  void count_denial(unsigned heap) noexcept {
    heaps_[heap].denials.fetch_add(1, std::memory_order_relaxed);
  }
  // Result: true once for each time that the heap's use has risen above 90 % of its budget.
  [[nodiscard]] bool passed_threshold(unsigned heap) noexcept;

 private:
  struct Heap {
    std::size_t size = 0;
    bool device_local = false;
    std::atomic<std::size_t> reserved{0};
    std::atomic<std::size_t> charged{0};   // bytes that were ever added to `reserved`
    std::atomic<std::size_t> limit{0};     // 0: none
    std::atomic<std::size_t> system{0};    // what the system leaves to this allocator
    std::atomic<std::size_t> external{0};  // held by others
    std::atomic<std::uint64_t> denials{0};
    std::atomic<bool> measured{false};
    std::atomic<bool> above_threshold{false};
  };
  [[nodiscard]] bool charge(unsigned heap, std::size_t size, GpuDenial& denial) noexcept;
  void release(unsigned heap, std::size_t size) noexcept;

  GpuBackend& backend_;
  unsigned heap_count_ = 0;
  std::array<std::uint8_t, kMaxTypes> heap_of_{};  // of a memory type
  std::array<std::size_t, kMaxTypes> most_{};      // that one allocation of the type can have
  std::array<Heap, kMaxHeaps> heaps_;
  std::atomic<ReservationGuard*> guard_{nullptr};
  std::atomic<std::uint32_t> live_{0};  // device allocations, at most max_allocation_count
  std::atomic<std::size_t> total_{0};
  UsagePeak peak_total_;
  std::atomic<std::uint64_t> allocations_{0}, frees_{0};
};

// Which heaps have denied one request: each counts it once, however many memory types it has.
class HeapDenials {
 public:
  explicit HeapDenials(MemoryGate& gate) noexcept : gate_(gate) {}
  HeapDenials(const HeapDenials&) = delete;
  HeapDenials& operator=(const HeapDenials&) = delete;
  ~HeapDenials() {
    for (unsigned heap = 0; heap < gate_.heap_count(); ++heap)
      if ((heaps_ >> heap & 1) != 0) gate_.count_denial(heap);
  }
  void note(const GpuDenial& denial) noexcept {
    if (denial.code == Code::FA416 || denial.code == Code::FA417)
      heaps_ |= std::uint32_t{1} << denial.heap;
  }
  void forget() noexcept { heaps_ = 0; }

 private:
  MemoryGate& gate_;
  std::uint32_t heaps_ = 0;
};

}  // namespace framealloc::gpu::detail
