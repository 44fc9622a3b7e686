// SPDX-License-Identifier: MIT OR Apache-2.0
// A GPU made of host memory: the default where there is none, and the strict device that tests use.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/device_info.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::gpu {

class GpuBuffer;

namespace detail {
class HostDevice;
}

/// The device that a HostBackend presents. Sizes in bytes. A type that names no heap, and an atom
/// of 0 (taken as 1), are violations from the beginning; such a type has no memory.
struct HostBackendConfig {
  std::vector<GpuHeapInfo> heaps;
  std::vector<GpuMemoryTypeInfo> types;
  std::size_t non_coherent_atom = 64;  ///< a power of two
  /// Between buffers and images, so what it allows or forbids is nothing that this device, which
  /// has no images, could count: an allocator that keeps to it shows that in its own figures.
  std::size_t buffer_image_granularity = 1;
  std::size_t min_uniform_alignment = 256, min_storage_alignment = 16;
  std::uint32_t max_allocation_count = 4096;
  bool reports_budget = true;
  /// Memory that is visible takes buffers with no usage but TransferSrc.
  bool visible_for_upload_only = false;

  /// Heap 0: 256 MiB, device-local. Heap 1: 512 MiB, the host's. Heap 2: 16 MiB, device-local and
  /// visible. Types: local; host coherent; host cached coherent; visible local; host cached
  /// non-coherent.
  [[nodiscard]] static HostBackendConfig discrete() noexcept;
  /// One heap of 512 MiB, everything coherent.
  [[nodiscard]] static HostBackendConfig integrated() noexcept;
  /// One heap of 512 MiB; cached memory is non-coherent.
  [[nodiscard]] static HostBackendConfig mobile() noexcept;
  /// DeviceOnly and Staging, nothing else.
  [[nodiscard]] static HostBackendConfig with_limited_support() noexcept;
};

enum class HostCompletion : std::uint8_t {
  Immediate,  ///< what is submitted is complete when submit returns
  Manual,     ///< nothing is, until complete() or until somebody waits; copies run then, not before
};

struct HostBackendCounters {
  std::uint64_t memory_allocations = 0, memory_frees = 0;  ///< device calls, ever
  std::uint64_t live_allocations = 0, peak_allocations = 0;
  std::uint64_t buffers_created = 0, submissions = 0, copies = 0, waits = 0;
  std::uint64_t flushes = 0, invalidates = 0;  ///< ranges
  /// What a validation layer would have said: ranges off the atom or outside of the memory, sizes
  /// above a heap, maps of memory that is not visible, memory freed or reused while a submission
  /// that is not complete uses it, counts above the maximum, copies without usage, leaks at the end
  /// (these are also printed to stderr, in one line).
  std::uint64_t violations = 0;
};

/// A GPU of host memory. Non-coherent memory has two sides: what the CPU wrote and did not flush
/// the device does not see, and device writes that were not invalidated the CPU does not see;
/// an invalidate discards unflushed writes in its atoms, as a real cache may. Its memory is aligned
/// to 64 KiB.
///
/// Thread contract: as GpuBackend; the members of this class may be called on any thread,
/// dispatch() where the queue is guarded as for a submission.
///
/// Memory: what cannot be had for a device allocation, a buffer or a submission is answered with
/// OutOfMemory. Its configurations, the constructor, device_bytes() and last_violation() need memory of
/// their own, and without it end the program: this is a device for tests.
class FRAMEALLOC_API HostBackend final : public GpuBackend {
 public:
  explicit HostBackend(const HostBackendConfig& config = HostBackendConfig::discrete()) noexcept;
  ~HostBackend() override;
  [[nodiscard]] std::string_view name() const noexcept override;
  [[nodiscard]] const GpuDeviceInfo& info() const noexcept override;

  /// Effect: what the system says of a heap from the next begin_gpu_frame() on. Before the first
  /// call the budget is the heap's size and no other process holds any.
  void set_budget(unsigned heap, std::size_t bytes) noexcept;
  void set_external_usage(unsigned heap, std::size_t bytes) noexcept;
  /// Effect: the n-th device allocation from now fails (1: the next), and with `sticky` every later
  /// one. 0: none does any more.
  void fail_memory_at(std::uint64_t n, bool sticky = false) noexcept;
  /// Effect: the n-th submission from now fails and does nothing. 0: none does any more.
  void fail_submit_at(std::uint64_t n) noexcept;
  /// Effect: the device is gone. What was not complete never will be.
  void lose_device() noexcept;

  void set_completion(HostCompletion mode) noexcept;
  /// Effect: everything submitted so far runs, in the order of the queue, and is complete.
  void complete() noexcept;
  /// Result: submissions that are not complete, kernels included.
  [[nodiscard]] std::size_t pending() const noexcept;

  /// Result: what the device sees of the buffer.
  [[nodiscard]] std::vector<std::byte> device_bytes(const GpuBuffer& buffer) const noexcept;
  /// Effect: `kernel` runs in queue order, on the device's side of the buffer's memory, when it
  /// completes. It must not call this backend. No submission is counted.
  void dispatch(GpuBuffer& buffer, void (*kernel)(std::span<std::byte> bytes, void* context),
                void* context) noexcept;

  [[nodiscard]] HostBackendCounters counters() const noexcept;
  /// Result: live device memory in bytes.
  [[nodiscard]] std::size_t heap_bytes(unsigned heap) const noexcept;
  /// Result: most, ever, in bytes: what a budget is checked against.
  [[nodiscard]] std::size_t heap_peak_bytes(unsigned heap) const noexcept;
  /// Result: one sentence; empty when there was none.
  [[nodiscard]] std::string last_violation() const noexcept;

  // --- What the allocator calls ------------------------------------------------------------------
  [[nodiscard]] DeviceStatus allocate_memory(const DeviceMemoryRequest& request,
                                             DeviceMemory& memory) noexcept override;
  void free_memory(const DeviceMemory& memory) noexcept override;
  [[nodiscard]] DeviceNeeds needs_of(std::size_t size, BufferUsage usage) noexcept override;
  [[nodiscard]] DeviceStatus create_buffer(std::size_t size, BufferUsage usage,
                                           DeviceBuffer& buffer) noexcept override;
  [[nodiscard]] DeviceStatus bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                                         std::size_t offset) noexcept override;
  void destroy_buffer(std::uint64_t buffer) noexcept override;
  [[nodiscard]] std::uint64_t device_address(std::uint64_t buffer) noexcept override;
  [[nodiscard]] DeviceStatus flush(const DeviceMemory& memory, std::size_t offset,
                                   std::size_t size) noexcept override;
  [[nodiscard]] DeviceStatus invalidate(const DeviceMemory& memory, std::size_t offset,
                                        std::size_t size) noexcept override;
  void query_budgets(std::span<DeviceHeapBudget> heaps) noexcept override;
  [[nodiscard]] DeviceStatus submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                                    Ticket ticket = {}) noexcept override;
  [[nodiscard]] DeviceStatus signal(std::uint64_t serial) noexcept override;
  [[nodiscard]] bool ends_frames_with(std::span<const CopyCommand> commands) noexcept override;
  [[nodiscard]] DeviceStatus submit_and_signal(std::span<const CopyCommand> commands,
                                               std::uint64_t serial) noexcept override;
  [[nodiscard]] std::uint64_t completed() noexcept override;
  [[nodiscard]] DeviceStatus wait(std::uint64_t serial,
                                  std::chrono::nanoseconds timeout) noexcept override;
  [[nodiscard]] DeviceStatus wait_idle() noexcept override;
  [[nodiscard]] bool is_lost() noexcept override;

  [[nodiscard]] bool sees_every_submission() const noexcept override;

 private:
  std::unique_ptr<detail::HostDevice> device_;
};

}  // namespace framealloc::gpu
