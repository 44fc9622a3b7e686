// SPDX-License-Identifier: MIT OR Apache-2.0
// A transfer queue of another family. Lavapipe has one queue: the probe presents a second one in a
// family of its own, checks what two families would ask for, and gives both to the one that there
// is. So the waits, the barriers and the order are real, the families are not.
#include "lavapipe/host_buffer.hpp"
#include "lavapipe/rig.hpp"

#include <framealloc/gpu/ticket.hpp>

#include <cstring>
#include <optional>

namespace framealloc::gpu::vulkan_test {
namespace {

// A buffer in memory of its own that the CPU cannot see.
struct LocalBuffer {
  LocalBuffer(VulkanBackend& backend_, std::size_t size) : backend(backend_) {
    EXPECT_EQ(backend.create_buffer(size, kCopied, buffer), DeviceStatus::Ok);
    EXPECT_EQ(backend.allocate_memory({.type = 0, .size = buffer.needs.size}, memory),
              DeviceStatus::Ok);
    EXPECT_EQ(memory.mapped, nullptr);
    EXPECT_EQ(backend.bind_buffer(buffer.handle, memory, 0), DeviceStatus::Ok);
  }
  LocalBuffer(const LocalBuffer&) = delete;
  LocalBuffer& operator=(const LocalBuffer&) = delete;
  ~LocalBuffer() {
    backend.destroy_buffer(buffer.handle);
    backend.free_memory(memory);
  }
  VulkanBackend& backend;
  DeviceBuffer buffer;
  DeviceMemory memory;
};

template <class Src, class Dst>
CopyCommand copy_between(const Src& src, const Dst& dst, std::size_t size) {
  CopyCommand copy;
  copy.src = src.buffer.handle;
  copy.dst = dst.buffer.handle;
  copy.size = size;
  return copy;
}

constexpr VkSemaphore kNone = VK_NULL_HANDLE;

// On a device whose memory is all one the CPU sees what shaders write, and it is no upload.
TEST(TransferQueue, CopiesOfWhatTheGpuCanWriteStayOnTheQueue) {
  Rig rig({.second_queue = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  HostBuffer back(*rig.backend, 256, BufferUsage::TransferDst);
  std::uint64_t serial = 0;
  for (const BufferUsage writes :
       {BufferUsage::TransferDst, BufferUsage::StorageBuffer, BufferUsage::StorageTexelBuffer}) {
    HostBuffer computed(*rig.backend, 256, BufferUsage::TransferSrc | writes);
    const CopyCommand copy = copy_of(computed, back, 256);
    ASSERT_EQ(rig.backend->submit({&copy, 1}, ++serial), DeviceStatus::Ok);
    ASSERT_EQ(rig.backend->wait(serial, kForever), DeviceStatus::Ok);
  }
  EXPECT_EQ(rig.probe->counts().transfer_submissions, 0U);
}

TEST(TransferQueue, TakesUploadsAndLeavesReadbacksToTheQueue) {
  Rig rig({.discrete = true, .second_queue = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  VulkanBackend& backend = *rig.backend;
  constexpr std::size_t kSize = 4096;
  HostBuffer staging(backend, kSize, BufferUsage::TransferSrc);
  HostBuffer back(backend, kSize);
  LocalBuffer local(backend, kSize);
  std::memset(staging.memory.mapped, 0x5A, kSize);
  EXPECT_EQ(backend.wait_for(Ticket{99}).semaphore, kNone);

  const CopyCommand up = copy_between(staging, local, kSize);
  ASSERT_EQ(backend.submit({&up, 1}, 1), DeviceStatus::Ok);
  EXPECT_EQ(rig.probe->counts().transfer_submissions, 1U);
  const VulkanWait wait = backend.wait_for(Ticket{1});
  EXPECT_NE(wait.semaphore, kNone);
  EXPECT_EQ(wait.value, 1U);

  const CopyCommand down = copy_between(local, back, kSize);
  ASSERT_EQ(backend.submit({&down, 1}, 2), DeviceStatus::Ok);
  EXPECT_EQ(rig.probe->counts().transfer_submissions, 1U);
  EXPECT_EQ(rig.probe->counts().submissions, 2U);
  ASSERT_EQ(backend.wait(2, kForever), DeviceStatus::Ok);
  EXPECT_EQ(std::memcmp(back.memory.mapped, staging.memory.mapped, kSize), 0);
  EXPECT_EQ(backend.completed(), 2U);  // on both queues
  EXPECT_EQ(backend.wait_for(Ticket{1}).value, 1U);
}

// What frames before have used is not written under them: the second upload waits for their end,
// on the device. What is new does not wait.
TEST(TransferQueue, AnUploadWaitsForTheFramesThatMayReadItsDestination) {
  Rig rig({.discrete = true, .caller_signals = true, .second_queue = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  VulkanBackend& backend = *rig.backend;
  HostBuffer staging(backend, 256, BufferUsage::TransferSrc);
  LocalBuffer old(backend, 256);
  const VulkanWait end = backend.frame_signal();
  ASSERT_EQ(backend.signal(10), DeviceStatus::Ok);  // by the caller, who takes its time
  LocalBuffer fresh(backend, 256);

  const CopyCommand to_fresh = copy_between(staging, fresh, 256);
  ASSERT_EQ(backend.submit({&to_fresh, 1}, 11), DeviceStatus::Ok);
  const auto wait_semaphores = rig.device->get<PFN_vkWaitSemaphores>("vkWaitSemaphores");
  const VulkanWait first = backend.wait_for(Ticket{11});
  VkSemaphoreWaitInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO;
  info.semaphoreCount = 1;
  info.pSemaphores = &first.semaphore;
  info.pValues = &first.value;
  EXPECT_EQ(wait_semaphores(rig.device->device, &info, UINT64_MAX), VK_SUCCESS);

  const CopyCommand to_old = copy_between(staging, old, 256);
  ASSERT_EQ(backend.submit({&to_old, 1}, 12), DeviceStatus::Ok);
  const VulkanWait second = backend.wait_for(Ticket{12});
  EXPECT_GT(second.value, first.value);
  info.pSemaphores = &second.semaphore;
  info.pValues = &second.value;
  EXPECT_EQ(wait_semaphores(rig.device->device, &info, 2'000'000), VK_TIMEOUT);
  EXPECT_LT(backend.completed(), 10U);

  VkSemaphoreSignalInfo reach{};
  reach.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO;
  reach.semaphore = end.semaphore;
  reach.value = end.value;
  rig.device->get<PFN_vkSignalSemaphore>("vkSignalSemaphore")(rig.device->device, &reach);
  EXPECT_EQ(wait_semaphores(rig.device->device, &info, UINT64_MAX), VK_SUCCESS);
  EXPECT_EQ(backend.wait(12, kForever), DeviceStatus::Ok);
}

TEST(TransferQueue, IsTheQueueWithoutTimelineSemaphores) {
  Rig rig({.timeline = false, .discrete = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  rig.backend.reset();
  rig.config.transfer_queue = reinterpret_cast<VkQueue>(&rig);  // of no driver: it is not used
  auto made = VulkanBackend::create(rig.config);
  ASSERT_TRUE(made) << made.error().message.view();
  rig.backend = std::move(*made);
  HostBuffer a(*rig.backend, 256);
  HostBuffer b(*rig.backend, 256);
  const CopyCommand copy = copy_of(a, b, 256);
  ASSERT_EQ(rig.backend->submit({&copy, 1}, 1), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->wait_for(Ticket{1}).semaphore, kNone);
  rig.backend->acquire(Ticket{1}, VK_NULL_HANDLE);  // nothing to record
  EXPECT_EQ(rig.backend->wait(1, kForever), DeviceStatus::Ok);
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
