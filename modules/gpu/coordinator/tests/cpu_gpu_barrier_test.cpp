// SPDX-License-Identifier: MIT OR Apache-2.0
#include "coordinator_rig.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace framealloc::coordinator::testing {
namespace {

using namespace std::chrono_literals;

TEST(CpuGpuBarrier, WaitsForTheFrameOfTheAllocator) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  CpuGpuBarrier barrier(*rig.gpu);
  EXPECT_EQ(barrier.current_frame(), 0U);
  EXPECT_TRUE(barrier.wait_current_frame(0ns)) << "before the first there is nothing to wait for";
  for (std::uint64_t frame = 1; frame <= 4; ++frame) {
    rig.begin();
    rig.finish();
    EXPECT_EQ(barrier.signal_cpu_complete(), frame);
    EXPECT_EQ(barrier.current_frame(), frame);
    const Result<void> early = barrier.wait_current_frame(0ns);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, Code::FA419);
    EXPECT_TRUE(barrier.wait_current_frame());
    EXPECT_TRUE(barrier.wait_current_frame(0ns));
    EXPECT_EQ(rig.device.pending(), 0U);
  }
}

TEST(CpuGpuBarrier, SomebodyElseMayKnow) {
  Rig rig;
  CpuGpuBarrier barrier(*rig.gpu);
  EXPECT_EQ(barrier.signal_cpu_complete(), 1U);
  EXPECT_EQ(barrier.wait_current_frame(1ms).error().code, Code::FA419);
  barrier.signal_gpu_complete(1);
  EXPECT_TRUE(barrier.wait_current_frame(0ns));
  EXPECT_EQ(barrier.signal_cpu_complete(), 2U);
  EXPECT_FALSE(barrier.wait_current_frame(0ns));
  std::atomic<bool> waited{false};
  std::thread waiting([&] {
    EXPECT_TRUE(barrier.wait_current_frame());
    waited = true;
  });
  EXPECT_FALSE(waited) << "nobody has said it yet";
  barrier.signal_gpu_complete(2);
  waiting.join();
  EXPECT_TRUE(waited);
}

TEST(CpuGpuBarrier, AnotherThreadWaitsForTheEndOfAnOpenFrame) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  CpuGpuBarrier barrier(*rig.gpu);
  rig.begin();
  EXPECT_EQ(barrier.signal_cpu_complete(), 1U);
  // This thread would wait for itself.
  const Result<void> own = barrier.wait_current_frame();
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, Code::FA419);
  EXPECT_FALSE(barrier.wait_current_frame(std::chrono::milliseconds(2)));
  std::atomic<bool> done{false};
  std::thread other([&] {
    EXPECT_TRUE(barrier.wait_current_frame());
    done = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_FALSE(done);
  rig.finish();
  other.join();
  EXPECT_EQ(rig.device.pending(), 0U);

  rig.begin();
  EXPECT_EQ(barrier.signal_cpu_complete(), 2U);
  std::thread told([&] { EXPECT_TRUE(barrier.wait_current_frame()); });
  barrier.signal_gpu_complete(2);
  told.join();
  rig.finish();
}

}  // namespace
}  // namespace framealloc::coordinator::testing
