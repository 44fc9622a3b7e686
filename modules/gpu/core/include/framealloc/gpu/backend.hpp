// SPDX-License-Identifier: MIT OR Apache-2.0
// What the GPU allocator stands on, as a SmartAlloc stands on a MemorySource.
#pragma once

#include <framealloc/gpu/buffer_usage.hpp>
#include <framealloc/gpu/device_info.hpp>
#include <framealloc/gpu/ticket.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace framealloc::gpu {

/// How a call of a backend went.
enum class DeviceStatus : std::uint8_t {
  Ok,
  OutOfMemory,  ///< the device has no more of that memory, or no room for one more allocation
  Unsupported,  ///< the device lacks what was asked for
  Timeout,      ///< a wait is over, and what it waited for is not
  Lost,         ///< the device is gone; every later call answers Lost or does nothing
  Failed,       ///< the driver said no; nothing has changed
};

/// Device memory as its backend knows it.
struct DeviceMemory {
  std::uint64_t handle = 0;  ///< never 0
  std::byte* mapped =
      nullptr;  ///< all of it, for as long as it lives; null where it is not visible
};

struct DeviceMemoryRequest {
  unsigned type = 0;     ///< index into GpuDeviceInfo::types
  std::size_t size = 0;  ///< bytes
  float priority = 0.5F;
  bool device_address = false;         ///< buffers bound to it may have DeviceAddress
  std::uint64_t dedicated_buffer = 0;  ///< the only resource that will be bound to it; 0: none
  std::uint64_t dedicated_image = 0;
};

/// What a resource wants of its memory.
struct DeviceNeeds {
  std::size_t size = 0;
  std::size_t alignment = 1;
  std::uint32_t type_mask = 0;  ///< bit t: GpuDeviceInfo::types[t] will do
  bool prefers_dedicated = false;
  bool requires_dedicated = false;
};

struct DeviceBuffer {
  std::uint64_t handle = 0;  ///< raw_handle(): never 0
  DeviceNeeds needs;
};

/// What the system says of a heap, in bytes.
struct DeviceHeapBudget {
  std::size_t budget = 0;  ///< what this process may hold in it
  std::size_t usage = 0;   ///< what this process holds in it, others' allocations included
  bool measured = false;   ///< false: the system says nothing of this heap
};

/// One copy. Commands of one submission happen as if one after the other. Buffers by raw handle;
/// images are for backends that have them.
struct CopyCommand {
  enum class Kind : std::uint8_t { BufferToBuffer, BufferToImage };
  /// Where in an image the bytes of a buffer go; layouts are the API's own numbers.
  struct Image {
    std::uint64_t handle = 0;
    std::uint32_t width = 1, height = 1, depth = 1;
    std::uint32_t mip = 0, layer = 0;
    std::uint32_t layout_before = 0, layout_after = 0;
    std::uint32_t aspect = 0;  ///< the API's own bits
  };
  Kind kind = Kind::BufferToBuffer;
  std::uint64_t src = 0, dst = 0;
  std::size_t src_offset = 0, dst_offset = 0;
  std::size_t size = 0;  ///< bytes
  Image image;
};

/// Allocates and frees device memory, makes buffers, copies, signals. Derive from it to bring
/// another API; modules/gpu/README.md says what a backend must do. Outlives every GpuAllocator on
/// it.
///
/// Thread contract: what is under "Memory and buffers" and "Completion" is called on any thread,
/// several at once. What is under "Queue" is called by one thread at a time: the caller of the
/// allocator guards the queue. No function waits unless it says so, and none calls back into the
/// allocator.
class GpuBackend {
 public:
  virtual ~GpuBackend() = default;
  GpuBackend(const GpuBackend&) = delete;
  GpuBackend& operator=(const GpuBackend&) = delete;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// Result: the same object, unchanged, for as long as the backend lives.
  [[nodiscard]] virtual const GpuDeviceInfo& info() const noexcept = 0;

  // --- Memory and buffers ------------------------------------------------------------------------
  /// Effect: memory of the type, mapped whole if the type is visible. The allocator has already
  /// held the request against the budget.
  [[nodiscard]] virtual DeviceStatus allocate_memory(const DeviceMemoryRequest& request,
                                                     DeviceMemory& memory) noexcept = 0;
  virtual void free_memory(const DeviceMemory& memory) noexcept = 0;
  /// Result: what a buffer of that size and usage needs, without making one. It may be called for
  /// usages that the device lacks: type_mask is 0 then.
  [[nodiscard]] virtual DeviceNeeds needs_of(std::size_t size, BufferUsage usage) noexcept = 0;
  /// Effect: a buffer without memory, and what it needs.
  [[nodiscard]] virtual DeviceStatus create_buffer(std::size_t size, BufferUsage usage,
                                                   DeviceBuffer& buffer) noexcept = 0;
  [[nodiscard]] virtual DeviceStatus bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                                                 std::size_t offset) noexcept = 0;
  /// Requirement: no submission that is not complete uses it.
  virtual void destroy_buffer(std::uint64_t buffer) noexcept = 0;
  /// Requirement: as destroy_buffer(). Only resources that the backend's own calls have made reach
  /// it.
  virtual void destroy_image(std::uint64_t image) noexcept;
  /// Result: 0 where there are no addresses.
  [[nodiscard]] virtual std::uint64_t device_address(std::uint64_t buffer) noexcept;
  /// Effect: debuggers show the name. May do nothing.
  virtual void set_name(std::uint64_t buffer, std::string_view name) noexcept;
  /// Requirement, both: memory of a visible type that is not coherent; offset and size on the atom,
  /// or up to the memory's end.
  [[nodiscard]] virtual DeviceStatus flush(const DeviceMemory& memory, std::size_t offset,
                                           std::size_t size) noexcept = 0;
  [[nodiscard]] virtual DeviceStatus invalidate(const DeviceMemory& memory, std::size_t offset,
                                                std::size_t size) noexcept = 0;
  /// Effect: fills in what the system says of the heaps, one entry for each, in their order; they are
  /// as made by default before. May be slow: asked once a frame, for all heaps together.
  virtual void query_budgets(std::span<DeviceHeapBudget> heaps) noexcept;

  // --- Queue -------------------------------------------------------------------------------------
  /// Effect: one submission of the copies, ordered behind everything that the queue was given
  /// before and ahead of what it is given after, with every barrier that takes; what they write is
  /// visible to the device and, once complete, to the host (after an invalidate where memory is not
  /// coherent). `serial` is reached when it has completed. Requirement: serials rise.
  /// `ticket` is what the program knows the submission by; 0: by the serial.
  [[nodiscard]] virtual DeviceStatus submit(std::span<const CopyCommand> commands,
                                            std::uint64_t serial, Ticket ticket = {}) noexcept = 0;
  /// Effect: `serial` is reached when everything that the queue was given so far has completed: the
  /// end of a frame. One submission, or none where the caller's own signals it.
  [[nodiscard]] virtual DeviceStatus signal(std::uint64_t serial) noexcept = 0;
  /// Result: whether submit_and_signal() can take these copies now. False unless overridden: then
  /// the last copies of a frame are a submission of their own.
  [[nodiscard]] virtual bool ends_frames_with(std::span<const CopyCommand> commands) noexcept;
  /// Effect: submit() and signal() in one submission. Failure: nothing has happened. Requirement:
  /// ends_frames_with() has said yes.
  [[nodiscard]] virtual DeviceStatus submit_and_signal(std::span<const CopyCommand> commands,
                                                       std::uint64_t serial) noexcept;

  // --- Completion --------------------------------------------------------------------------------
  /// Result: the highest serial of which it is true that it and every lower one has been reached.
  [[nodiscard]] virtual std::uint64_t completed() noexcept = 0;
  /// Effect: waits until completed() is at least `serial`. Result: Ok, Timeout, Lost, or Failed for
  /// a serial above all that were submitted.
  [[nodiscard]] virtual DeviceStatus wait(std::uint64_t serial,
                                          std::chrono::nanoseconds timeout) noexcept = 0;
  /// Effect: waits for everything that was submitted. Result: Ok or Lost.
  [[nodiscard]] virtual DeviceStatus wait_idle() noexcept = 0;
  /// Result: whether the device is known to be lost, as far as can be said without asking it. No
  /// frame begins then. False unless overridden.
  [[nodiscard]] virtual bool is_lost() noexcept;

  /// Result: whether wait_idle() waits for the program's own submissions too. False unless
  /// overridden: the queue is the program's, which may have given it work since.
  [[nodiscard]] virtual bool sees_every_submission() const noexcept;

  /// Result: a serial above all that were taken before, and above the one before it, which is free for
  /// the backend's own use: several allocators may stand on a backend, at once or one after another.
  [[nodiscard]] std::uint64_t take_serial() noexcept {
    constexpr std::uint64_t kStep = 2;
    return serials_.fetch_add(kStep, std::memory_order_relaxed) + kStep;
  }

 protected:
  GpuBackend() = default;

 private:
  std::atomic<std::uint64_t> serials_{0};
};

}  // namespace framealloc::gpu
