// SPDX-License-Identifier: MIT OR Apache-2.0
// The device behind a HostBackend: its memory, its buffers, its queue.
#pragma once

#include "host/buffer_lanes.hpp"
#include "host/handle_table.hpp"

#include <framealloc/gpu/host_backend.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace framealloc::gpu::detail {

// One device allocation. Coherent memory has one view; memory that is not coherent has two, and
// memory that is not visible has the device's alone.
struct HostMemory {
  std::byte* host = nullptr;
  std::byte* device = nullptr;
  std::size_t size = 0;
  unsigned type = 0;
  bool device_address = false;
};

// Bytes of a device allocation.
struct HostRange {
  std::uint64_t memory = 0;
  std::size_t offset = 0;
  std::size_t size = 0;
  [[nodiscard]] bool overlaps(const HostRange& other) const noexcept {
    return memory == other.memory && offset < other.offset + other.size &&
           other.offset < offset + size;
  }
};

// Something that the queue does: a copy, a kernel, or reaching a serial.
struct HostOperation {
  enum class Kind : std::uint8_t { Copy, Kernel, Signal };
  Kind kind = Kind::Signal;
  bool watched = false;  // the CPU can write to the source: its bytes must not change until it runs
  HostRange read, written;
  std::uint64_t checksum = 0;  // of what is read
  void (*kernel)(std::span<std::byte>, void*) = nullptr;
  void* context = nullptr;
  std::uint64_t serial = 0;  // Signal
  HostOperation* next = nullptr;
};

class HostDevice {
 public:
  using Violation = Text<256>;

  explicit HostDevice(const HostBackendConfig& config);
  ~HostDevice();
  HostDevice(const HostDevice&) = delete;
  HostDevice& operator=(const HostDevice&) = delete;

  [[nodiscard]] const GpuDeviceInfo& info() const noexcept { return info_; }

  // --- host_memory.cpp
  [[nodiscard]] DeviceStatus allocate_memory(const DeviceMemoryRequest& request,
                                             DeviceMemory& memory) noexcept;
  void free_memory(const DeviceMemory& memory) noexcept;
  [[nodiscard]] DeviceStatus flush(const DeviceMemory& memory, std::size_t offset,
                                   std::size_t size) noexcept;
  [[nodiscard]] DeviceStatus invalidate(const DeviceMemory& memory, std::size_t offset,
                                        std::size_t size) noexcept;
  void query_budgets(std::span<DeviceHeapBudget> heaps) noexcept;
  void set_budget(unsigned heap, std::size_t bytes) noexcept;
  void set_external_usage(unsigned heap, std::size_t bytes) noexcept;
  void fail_memory_at(std::uint64_t n, bool sticky) noexcept;
  [[nodiscard]] std::size_t heap_bytes(unsigned heap, bool peak) noexcept;

  // --- host_buffers.cpp
  [[nodiscard]] DeviceNeeds needs_of(std::size_t size, BufferUsage usage) const noexcept;
  [[nodiscard]] DeviceStatus create_buffer(std::size_t size, BufferUsage usage,
                                           DeviceBuffer& buffer) noexcept;
  [[nodiscard]] DeviceStatus bind_buffer(std::uint64_t handle, const DeviceMemory& memory,
                                         std::size_t offset) noexcept;
  void destroy_buffer(std::uint64_t handle) noexcept;
  [[nodiscard]] std::uint64_t device_address(std::uint64_t handle) noexcept;
  // Effect: copies the device's view of a part of a buffer to `bytes`; none where it has no memory.
  void read_device(std::uint64_t handle, std::size_t offset, std::span<std::byte> bytes) noexcept;

  // --- host_queue.cpp
  [[nodiscard]] DeviceStatus submit(std::span<const CopyCommand> commands,
                                    std::uint64_t serial) noexcept;
  void dispatch(std::uint64_t handle, std::size_t offset, std::size_t size,
                void (*kernel)(std::span<std::byte>, void*), void* context) noexcept;
  [[nodiscard]] std::uint64_t completed() const noexcept {
    return completed_.load(std::memory_order_acquire);
  }
  [[nodiscard]] DeviceStatus wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept;
  [[nodiscard]] DeviceStatus wait_idle() noexcept;
  // Effect: runs the queue until `serial` is reached.
  void run_until(std::uint64_t serial) noexcept;
  void lose() noexcept;
  [[nodiscard]] bool is_lost() const noexcept { return lost_.load(std::memory_order_acquire); }
  void fail_submit_at(std::uint64_t n) noexcept;
  void set_completion(HostCompletion mode) noexcept;
  [[nodiscard]] std::size_t pending() noexcept;

  [[nodiscard]] HostBackendCounters counters() noexcept;
  [[nodiscard]] Violation last_violation() noexcept;

 private:
  static constexpr std::size_t kMostTypes = 32;  // that a mask has bits for
  struct Heap {
    std::size_t bytes = 0, peak = 0;
    std::size_t budget = 0, external = 0;
  };
  // Result: whether memory can be of that type: there is one, and its heap.
  [[nodiscard]] bool exists(std::size_t type) const noexcept {
    return type < info_.types.size() && type < kMostTypes &&
           info_.types[type].heap < info_.heaps.size();
  }
  // Effect: counts it. Any lock may be held.
  void violate(const Violation& what) noexcept;
  // Result: holds the queue's lock where an operation has not run yet: what is taken back or used
  // again is held against those. Where there is none, threads do not meet for that.
  [[nodiscard]] std::unique_lock<std::mutex> hold_pending() noexcept;
  // Under the lock.
  [[nodiscard]] bool injected_memory_failure() noexcept;
  [[nodiscard]] HostMemory* range_for_host(const DeviceMemory& memory, std::size_t offset,
                                           std::size_t size, std::string_view call) noexcept;
  void release(HostMemory& memory) noexcept;
  // Result: whether an operation that has not run uses the range.
  [[nodiscard]] bool in_use(const HostRange& range) const noexcept;
  [[nodiscard]] bool written_by_pending(const HostRange& range,
                                        const HostOperation* among) const noexcept;
  [[nodiscard]] bool range_of(std::uint64_t handle, std::size_t offset, std::size_t size,
                              BufferUsage usage, std::string_view side, HostRange& range) noexcept;
  [[nodiscard]] HostOperation* operation_of(const CopyCommand& command,
                                            const HostOperation* earlier) noexcept;
  [[nodiscard]] std::uint64_t checksum(const HostRange& range) noexcept;
  void append(HostOperation* first) noexcept;
  void drop_all(HostOperation* first) noexcept;
  void finish_first() noexcept;

  GpuDeviceInfo info_;
  bool visible_for_upload_only_ = false;

  std::mutex running_;   // held while operations run, so that they run in their order; before lock_
  std::mutex lock_;      // of all that follows, unless it says otherwise; before those of the lanes
  BufferLanes buffers_;  // has locks of its own
  HandleTable<HostMemory> memory_;  // changed under Exclusive, too: see BufferLanes
  std::vector<Heap> heaps_;
  HostOperation* first_ = nullptr;
  HostOperation** end_ = &first_;
  std::atomic<bool> pending_{false};  // whether there is a first one; read without the lock
  HostCompletion completion_ = HostCompletion::Immediate;
  std::uint64_t submitted_ = 0;  // serial
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<bool> lost_{false};                            // read without the lock
  std::uint64_t memory_fails_in_ = 0, submit_fails_in_ = 0;  // calls; 0: never
  bool memory_keeps_failing_ = false, memory_failing_ = false;
  HostBackendCounters counters_;  // but for buffers and violations
  std::mutex violated_;           // of the two that follow; after all others
  std::uint64_t violations_ = 0;
  Violation last_violation_;
};

}  // namespace framealloc::gpu::detail
