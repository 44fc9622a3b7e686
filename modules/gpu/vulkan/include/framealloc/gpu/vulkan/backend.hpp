// SPDX-License-Identifier: MIT OR Apache-2.0
// The Vulkan backend of the GPU allocator.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/requirements.hpp>
#include <framealloc/gpu/slice.hpp>
#include <framealloc/gpu/ticket.hpp>
#include <framealloc/gpu/vulkan/config.hpp>
#include <framealloc/gpu/vulkan/image.hpp>
#include <framealloc/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace framealloc::gpu {

class GpuAllocator;
class GpuBuffer;
class TransferBatch;

namespace vulkan_detail {
struct State;
}

/// Memory, copies and frames of your device and your queue. Thread contract: as GpuBackend; what
/// says "uses the queue" is for the thread that may use it.
class VulkanBackend final : public GpuBackend {
 public:
  /// Failure: FA010 a handle is missing, or caller_signals_frames without timeline semaphores;
  /// FA418 the device is below 1.1; FA419 no Vulkan library, a function that cannot be found, or
  /// the driver; FA012 no memory.
  [[nodiscard]] static Result<std::unique_ptr<VulkanBackend>> create(
      const VulkanBackendConfig& config) noexcept;
  /// Effect: waits for what it has submitted.
  ~VulkanBackend() override;
  [[nodiscard]] std::string_view name() const noexcept override;
  [[nodiscard]] const GpuDeviceInfo& info() const noexcept override;

  [[nodiscard]] static VkBuffer buffer(const GpuBuffer& buffer) noexcept;
  [[nodiscard]] static VkBuffer buffer(const GpuSlice& slice) noexcept;

  // --- Images and foreign resources --------------------------------------------------------------
  /// Effect: an image with memory. `request` gives intent, priority, dedicated and name; the size
  /// is the image's, and it lives until it ends. Failures: as GpuAllocator::allocate(); FA418 the
  /// device has no such image; FA010 `gpu` is an allocator of another backend. Any thread.
  [[nodiscard]] Result<VulkanImage> create_image(GpuAllocator& gpu, const VkImageCreateInfo& info,
                                                 const GpuAllocRequirements& request) noexcept;
  /// Effect: memory for a resource that you bind to it: at memory() and offset(). Failures: as
  /// create_image(). Any thread.
  [[nodiscard]] Result<VulkanMemory> allocate_for(GpuAllocator& gpu, VkImage image,
                                                  const GpuAllocRequirements& request) noexcept;
  [[nodiscard]] Result<VulkanMemory> allocate_for(GpuAllocator& gpu, VkBuffer buffer,
                                                  const GpuAllocRequirements& request) noexcept;

  // --- Transfers ---------------------------------------------------------------------------------
  /// Effect: copies to every pixel of one mip level and layer; the image goes from `from` to `to`.
  /// Requirement: the image lives until the batch is submitted. Failures, and then nothing is
  /// recorded: FA011 no image, or `extent` or the bytes are not those of the level, rows without
  /// gaps; FA412 the image lacks VK_IMAGE_USAGE_TRANSFER_DST_BIT; FA418 a format that cannot be
  /// copied to in one piece; FA001, FA416, FA417 no staging memory.
  Result<void> upload(TransferBatch& batch, const VulkanImage& dst, std::span<const std::byte> data,
                      VkExtent3D extent,
                      VkImageLayout to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                      VkImageLayout from = VK_IMAGE_LAYOUT_UNDEFINED, std::uint32_t mip = 0,
                      std::uint32_t layer = 0) noexcept;
  /// Effect: the batch's copies and their barriers go into your command buffer instead of a
  /// submission; they belong to the frame that is open, in which you submit it to the queue.
  /// Result: the frame's ticket. Failures, and then nothing is
  /// recorded: FA001 no frame is open; FA012 no memory; else as TransferBatch::submit().
  /// Any thread; drives the command buffer.
  Result<Ticket> record(TransferBatch batch, VkCommandBuffer commands) noexcept;
  /// Result: what your submission must wait for to see the batches up to the ticket that went to
  /// the transfer queue; nothing where none did. Any thread.
  [[nodiscard]] VulkanWait wait_for(Ticket ticket) const noexcept;
  /// Effect: records the barriers by which the queue's family takes over the images that were
  /// uploaded on the transfer queue by batches up to the ticket, each once. The submission waits as
  /// wait_for() says. Buffers are shared by the two families and need none. Any thread; drives the
  /// command buffer.
  void acquire(Ticket ticket, VkCommandBuffer commands) noexcept;

  // --- Frames ------------------------------------------------------------------------------------
  /// Result: what your last submission of the open frame signals, with caller_signals_frames; else
  /// nothing. It is the same until end_gpu_frame().
  [[nodiscard]] VulkanWait frame_signal() const noexcept;
  /// Effect: the open frame is not over before `semaphore` has reached `value` too: for work on
  /// other queues. Requirement: the semaphore lives until the frame is complete. Without
  /// timeline_semaphore it is a binary one, which the frame's end waits for, and `value` is
  /// ignored. Any thread.
  void hold_frame_until(VkSemaphore semaphore, std::uint64_t value) noexcept;

  // --- For the allocator: see GpuBackend
  // ----------------------------------------------------------
  [[nodiscard]] DeviceStatus allocate_memory(const DeviceMemoryRequest& request,
                                             DeviceMemory& memory) noexcept override;
  void free_memory(const DeviceMemory& memory) noexcept override;
  [[nodiscard]] DeviceNeeds needs_of(std::size_t size, BufferUsage usage) noexcept override;
  [[nodiscard]] DeviceStatus create_buffer(std::size_t size, BufferUsage usage,
                                           DeviceBuffer& buffer) noexcept override;
  [[nodiscard]] DeviceStatus bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                                         std::size_t offset) noexcept override;
  void destroy_buffer(std::uint64_t buffer) noexcept override;
  void destroy_image(std::uint64_t image) noexcept override;
  [[nodiscard]] std::uint64_t device_address(std::uint64_t buffer) noexcept override;
  void set_name(std::uint64_t buffer, std::string_view name) noexcept override;
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

 private:
  explicit VulkanBackend(std::unique_ptr<vulkan_detail::State> state) noexcept;

  std::unique_ptr<vulkan_detail::State> state_;
};

}  // namespace framealloc::gpu
