// SPDX-License-Identifier: MIT OR Apache-2.0
// When serials are complete: by fences, by timeline semaphores, by the caller's submissions, and
// held by other queues.
#include "lavapipe/host_buffer.hpp"
#include "lavapipe/rig.hpp"

#include <framealloc/gpu/ticket.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace framealloc::gpu::vulkan_test {
namespace {

using namespace std::chrono_literals;

class Serials : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Lavapipe, Serials, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Timeline" : "Fences"; });

VkSemaphore make_semaphore(const vulkan_device::Device& device, VkSemaphoreType kind) {
  VkSemaphoreTypeCreateInfo type{};
  type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO;
  type.semaphoreType = kind;
  VkSemaphoreCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
  info.pNext = &type;
  VkSemaphore made = VK_NULL_HANDLE;
  EXPECT_EQ(
      device.get<PFN_vkCreateSemaphore>("vkCreateSemaphore")(device.device, &info, nullptr, &made),
      VK_SUCCESS);
  return made;
}

void reach(const vulkan_device::Device& device, VkSemaphore semaphore, std::uint64_t value) {
  VkSemaphoreSignalInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO;
  info.semaphore = semaphore;
  info.value = value;
  EXPECT_EQ(device.get<PFN_vkSignalSemaphore>("vkSignalSemaphore")(device.device, &info),
            VK_SUCCESS);
}

TEST_P(Serials, AreReachedInOrder) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  HostBuffer a(*rig.backend, 1 << 20);
  HostBuffer b(*rig.backend, 1 << 20);
  const CopyCommand copy = copy_of(a, b, 1 << 20);
  EXPECT_EQ(rig.backend->completed(), 0U);
  EXPECT_EQ(rig.backend->wait(1, 0ns), DeviceStatus::Failed);  // nothing will reach it
  std::uint64_t seen = 0;
  std::vector<std::uint64_t> ends;
  for (std::uint64_t epoch = 1; epoch <= 40; ++epoch) {
    // Those of an allocator jump by 2^24 from frame to frame, and further where nothing was
    // submitted.
    const std::uint64_t base = (epoch * 1000) << 24;
    ASSERT_EQ(rig.backend->submit({&copy, 1}, base + 1), DeviceStatus::Ok);
    ASSERT_EQ(rig.backend->submit({&copy, 1}, base + 2), DeviceStatus::Ok);
    ends.push_back(base + 0xFFFFFF);
    ASSERT_EQ(rig.backend->signal(ends.back()), DeviceStatus::Ok);
    const std::uint64_t now = rig.backend->completed();
    EXPECT_GE(now, seen);
    EXPECT_LE(now, ends.back());
    seen = now;
    if (epoch < 3) continue;
    ASSERT_EQ(rig.backend->wait(ends[epoch - 3], kForever), DeviceStatus::Ok);
    EXPECT_GE(rig.backend->completed(), ends[epoch - 3]);
  }
  EXPECT_EQ(rig.backend->wait(ends.back() + 1, 0ns), DeviceStatus::Failed);
  EXPECT_EQ(rig.backend->wait_idle(), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->completed(), ends.back());
}

TEST_P(Serials, AnyThreadMayWait) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  HostBuffer a(*rig.backend, 1 << 18);
  HostBuffer b(*rig.backend, 1 << 18);
  const CopyCommand copy = copy_of(a, b, 1 << 18);
  constexpr std::uint64_t kLast = 300;
  std::atomic<std::uint64_t> submitted{0};
  std::atomic<unsigned> wrong{0};
  std::vector<std::thread> waiters;
  for (unsigned i = 0; i < 3; ++i) {
    waiters.emplace_back([&] {
      while (rig.backend->completed() < kLast) {
        const std::uint64_t serial = submitted.load();
        if (serial == 0) continue;
        if (rig.backend->wait(serial, kForever) != DeviceStatus::Ok) ++wrong;
        if (rig.backend->completed() < serial) ++wrong;
      }
    });
  }
  for (std::uint64_t serial = 1; serial <= kLast; ++serial) {
    EXPECT_EQ(
        serial % 3 == 0 ? rig.backend->signal(serial) : rig.backend->submit({&copy, 1}, serial),
        DeviceStatus::Ok);
    submitted.store(serial);
  }
  for (std::thread& waiter : waiters) waiter.join();
  EXPECT_EQ(wrong.load(), 0U);
}

TEST(CallerSignals, AFrameIsOverWhenTheCallersSubmissionSaysSo) {
  Rig rig({.caller_signals = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  const VulkanWait first = rig.backend->frame_signal();
  ASSERT_NE(first.semaphore, static_cast<VkSemaphore>(VK_NULL_HANDLE));
  EXPECT_EQ(first.value, 1U);
  const std::uint64_t submissions = rig.probe->counts().submissions;
  ASSERT_EQ(rig.backend->signal(100), DeviceStatus::Ok);
  EXPECT_EQ(rig.probe->counts().submissions, submissions);  // none of the library's own
  EXPECT_EQ(rig.backend->frame_signal().value, 2U);
  EXPECT_LT(rig.backend->completed(), 100U);
  EXPECT_EQ(rig.backend->wait(100, 1ms), DeviceStatus::Timeout);
  reach(*rig.device, first.semaphore, first.value);
  EXPECT_EQ(rig.backend->wait(100, kForever), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->completed(), 100U);
}

TEST(CallerSignals, OthersHaveNothingToSignal) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  EXPECT_EQ(rig.backend->frame_signal().semaphore, static_cast<VkSemaphore>(VK_NULL_HANDLE));
}

TEST(Holds, AFrameIsNotOverBeforeTheSemaphoreOfAnotherQueue) {
  Rig rig;
  ASSERT_TRUE(rig.backend) << rig.error;
  const VkSemaphore other = make_semaphore(*rig.device, VK_SEMAPHORE_TYPE_TIMELINE);
  ASSERT_EQ(rig.backend->signal(5), DeviceStatus::Ok);
  rig.backend->hold_frame_until(other, 5);
  ASSERT_EQ(rig.backend->signal(10), DeviceStatus::Ok);
  ASSERT_EQ(rig.backend->signal(20), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->wait(5, kForever), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->wait(10, 1ms), DeviceStatus::Timeout);
  EXPECT_LT(rig.backend->completed(), 10U);
  reach(*rig.device, other, 4);
  EXPECT_EQ(rig.backend->wait(10, 1ms), DeviceStatus::Timeout);
  reach(*rig.device, other, 5);
  EXPECT_EQ(rig.backend->wait(20, kForever), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->completed(), 20U);
  rig.device->get<PFN_vkDestroySemaphore>("vkDestroySemaphore")(rig.device->device, other, nullptr);
}

// Twenty of them, more than one submission of the backend takes.
TEST(Holds, WithoutTimelineAFramesEndWaitsForBinarySemaphores) {
  Rig rig({.timeline = false});
  ASSERT_TRUE(rig.backend) << rig.error;
  const auto& device = *rig.device;
  std::vector<VkSemaphore> others(20);
  VkSemaphoreCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
  for (VkSemaphore& other : others) {
    device.get<PFN_vkCreateSemaphore>("vkCreateSemaphore")(device.device, &info, nullptr, &other);
    rig.backend->hold_frame_until(other, 0);
  }
  VkSubmitInfo submit{};
  submit.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  submit.signalSemaphoreCount = 20;
  submit.pSignalSemaphores = others.data();
  device.get<PFN_vkQueueSubmit>("vkQueueSubmit")(device.queue, 1, &submit, VK_NULL_HANDLE);
  const std::uint64_t before = rig.probe->counts().submissions;
  ASSERT_EQ(rig.backend->signal(10), DeviceStatus::Ok);
  EXPECT_EQ(rig.probe->counts().submissions, before + 2);
  EXPECT_EQ(rig.backend->wait(10, kForever), DeviceStatus::Ok);
  ASSERT_EQ(rig.backend->signal(20), DeviceStatus::Ok);  // and waits for none of them again
  EXPECT_EQ(rig.backend->wait(20, kForever), DeviceStatus::Ok);
  for (VkSemaphore other : others)
    device.get<PFN_vkDestroySemaphore>("vkDestroySemaphore")(device.device, other, nullptr);
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
