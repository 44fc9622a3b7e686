// SPDX-License-Identifier: MIT OR Apache-2.0
// What the program has let go and the GPU may still use.
#pragma once

#include "device/buffer_record.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::detail {

class GpuCore;

// Buffers end on any thread, into a list of their record's shard. Those that wait for nothing but the
// end of a frame stay there until it is over, and their lane's threads take them back as they allocate
// (LaneRetired); what they leave is taken back at the next begin of a frame, and at once for who looks
// for room. All others come here, and wait for their serials. Thread contract: any thread.
class RetireQueue {
 public:
  explicit RetireQueue(GpuCore& core) noexcept : core_(core) {}
  RetireQueue(const RetireQueue&) = delete;
  RetireQueue& operator=(const RetireQueue&) = delete;

  // For reclaim(): the device is idle, and batches that hold something will never be submitted.
  static constexpr std::uint64_t kEverything = ~std::uint64_t{0};
  // Effect: takes back everything whose serial is complete and that no batch holds; adds what went
  // back to the device to `freed`.
  void reclaim(std::uint64_t completed, HeapBytes& freed) noexcept;
  // The same, but where the threads of several lanes have allocated since the last call, what is theirs
  // is left to them until the next one.
  void reclaim_for_frame(std::uint64_t completed, HeapBytes& freed) noexcept;
  // Effect: takes back what is due in the calling thread's lane. All of it at once: then records, places
  // and the driver's objects come in the order in which they went, and lie beside each other in each
  // frame as in the first.
  void take_back_own() noexcept;  // in gpu_core.hpp
  // Effect: takes back what is due in all lanes. Result: whether there was anything.
  bool take_back_due() noexcept;

  // Around a wait until the device is idle. begin_wait(): notes what has been let go so far, unless
  // its serial is above `last`. Result: a number for reclaim_waited(), which takes back what was
  // noted. Neither touches what a batch holds, and what defragment() has left in the open frame.
  [[nodiscard]] std::uint32_t begin_wait(std::uint64_t last) noexcept;
  void reclaim_waited(std::uint32_t round, HeapBytes& freed) noexcept;

  // Result: how many were ever taken back.
  [[nodiscard]] std::uint64_t reclaimed() const noexcept {
    return reclaimed_.load(std::memory_order_relaxed);
  }

 private:
  void take_back_due(RecordShard& shard) noexcept;
  void note_reclaimed(std::uint64_t reclaimed) noexcept {
    reclaimed_.fetch_add(reclaimed, std::memory_order_relaxed);
  }
  // Under the mutex.
  void take_fresh(bool own) noexcept;
  void reclaim_waiting(std::uint64_t completed, HeapBytes& freed) noexcept;
  template <class F>
  void reclaim_if(F&& is_over, HeapBytes& freed) noexcept;

  GpuCore& core_;
  std::mutex mutex_;
  BufferRecord* waiting_ = nullptr;
  std::uint32_t waits_ = 0;
  alignas(128) std::atomic<std::uint64_t> reclaimed_{0};
};

// Effect: the program lets the record go; it is not the caller's any more. Requirement: live, and
// no lock is held.
void retire(BufferRecord& record) noexcept;

}  // namespace framealloc::gpu::detail
