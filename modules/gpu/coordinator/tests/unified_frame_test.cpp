// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames in step, and staging buffers.
#include "coordinator_rig.hpp"

#include <framealloc/literals.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace framealloc::coordinator::testing {
namespace {

namespace fa = framealloc;
using namespace fa::literals;

// The example of the contract, as it stands there.
int seed_example() {
  fa::gpu::HostBackend device;  // no GPU needed; a VulkanBackend goes in the same place
  fa::SmartAlloc cpu;
  fa::Result<fa::gpu::GpuAllocator> gpu = fa::gpu::GpuAllocator::create(cpu, device);
  if (!gpu) return std::fprintf(stderr, "%s\n", gpu.error().message.c_str()), 1;
  fa::coordinator::UnifiedAllocator unified(cpu, *gpu);

  const std::array<float, 512> vertices{};
  for (int frame = 0; frame < 3; ++frame) {
    if (!unified.begin_frame()) return 1;

    auto staging =
        unified.create_staging_buffer(sizeof vertices, fa::gpu::BufferUsage::VertexBuffer);
    if (!staging) return 1;
    std::ranges::copy(vertices, staging->cpu_slice_mut_as<float>().begin());
    if (!unified.transfer_to_gpu(*staging)) return 1;

    const auto [cpu_bytes, gpu_bytes] = unified.get_usage();
    std::printf("CPU: %zu KiB, GPU: %zu KiB\n", cpu_bytes / 1_KiB, gpu_bytes / 1_KiB);

    if (!unified.end_frame()) return 1;
  }
  return 0;
}

TEST(UnifiedFrame, TheExampleOfTheContractRuns) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(seed_example(), 0);
  const std::string line = "CPU: 2 KiB, GPU: 2 KiB\n";
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), line + line + line);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "a right program is told nothing";
}

TEST(UnifiedFrame, BothFramesAreOne) {
  Rig rig;
  EXPECT_EQ(rig.unified->frame_number(), 0U);
  rig.begin();
  EXPECT_TRUE(rig.cpu->in_frame());
  EXPECT_EQ(rig.gpu->current_frame(), 1U);
  EXPECT_EQ(rig.unified->frame_number(), 1U);
  EXPECT_NE(rig.cpu->frame_alloc<int>(), nullptr);
  const gpu::Ticket ticket = rig.finish();
  EXPECT_FALSE(rig.cpu->in_frame());
  EXPECT_EQ(ticket, gpu::Ticket::end_of_frame(1));
  EXPECT_TRUE(rig.gpu->is_complete(ticket));
}

TEST(UnifiedFrame, UnbalancedCallsAreReportedOnceAndChangeNothing) {
  Rig rig;
  const Result<gpu::Ticket> early = rig.unified->end_frame();
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Code::FA004);
  rig.book.expect({Code::FA004});
  rig.begin();
  EXPECT_EQ(rig.unified->begin_frame().error().code, Code::FA004);
  rig.book.expect({Code::FA004});
  EXPECT_TRUE(rig.cpu->in_frame());
  rig.finish();
  rig.cpu->begin_frame();
  EXPECT_EQ(rig.unified->begin_frame().error().code, Code::FA004);
  rig.book.expect({Code::FA004});
  rig.cpu->end_frame();
  rig.begin();
  rig.finish();
}

TEST(UnifiedFrame, ATimeOutOpensNeitherFrame) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  for (int frame = 0; frame < 2; ++frame) {
    rig.begin();
    rig.finish();
  }
  const Result<void> waited = rig.unified->begin_frame(std::chrono::nanoseconds::zero());
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, Code::FA419);
  EXPECT_FALSE(rig.cpu->in_frame());
  EXPECT_EQ(rig.unified->end_frame().error().code, Code::FA004);
  rig.book.expect({Code::FA004});
  rig.device.complete();
  EXPECT_TRUE(rig.unified->begin_frame(std::chrono::nanoseconds::zero()));
  rig.finish();
}

TEST(UnifiedFrame, StagingIsTheMappedRingItself) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  rig.begin();
  auto buffer = *rig.unified->create_staging_buffer(1024, gpu::BufferUsage::StorageBuffer);
  EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly);
  EXPECT_EQ(buffer.gpu_buffer(), nullptr);
  EXPECT_EQ(rig.gpu->stats().allocation_count, 0U);
  const std::vector<std::byte> bytes = pattern(1024, 1);
  std::ranges::copy(bytes, buffer.cpu_slice_mut().begin());
  EXPECT_EQ(rig.unified->get_usage().cpu, 1024U);
  EXPECT_EQ(rig.unified->get_usage().gpu, 0U);
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  ASSERT_NE(buffer.gpu_buffer(), nullptr);
  EXPECT_EQ(buffer.gpu_buffer()->usage(),
            gpu::BufferUsage::StorageBuffer | gpu::BufferUsage::TransferDst);
  EXPECT_EQ(rig.unified->get_usage().gpu, 1024U);
  EXPECT_EQ(rig.device.counters().copies, 0U) << "nothing is submitted yet";
  rig.finish();
  EXPECT_EQ(rig.device.counters().copies, 1U) << "from the ring to the device, nothing between";
  EXPECT_NE(rig.device.device_bytes(*buffer.gpu_buffer()), bytes);
  rig.device.complete();
  EXPECT_EQ(rig.device.device_bytes(*buffer.gpu_buffer()), bytes);
  buffer = UnifiedBuffer();
  EXPECT_EQ(rig.unified->get_usage().cpu, 0U);
  EXPECT_EQ(rig.unified->get_usage().gpu, 0U);
}

TEST(UnifiedFrame, StagingOfAFrameThatIsOverIsEmptyAndReported) {
  Rig rig;
  rig.begin();
  auto buffer = *rig.unified->create_staging_buffer(64);
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  rig.finish();
  EXPECT_TRUE(buffer.cpu_slice().empty());
  rig.book.expect({Code::FA415});
  EXPECT_TRUE(buffer.cpu_slice_mut().empty());
  rig.book.expect({Code::FA415});
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  rig.begin();
  const Result<void> late = rig.unified->transfer_to_gpu(buffer);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::FA415);
  rig.book.expect({Code::FA415});
  rig.finish();
}

TEST(UnifiedFrame, AForgottenUploadIsReportedWithItsPlace) {
  Rig rig;
  rig.begin();
  const std::uint32_t line = __LINE__ + 1;
  auto buffer = *rig.unified->create_staging_buffer(64, gpu::BufferUsage::VertexBuffer);
  {
    auto dropped = *rig.unified->create_staging_buffer(64);
  }
  rig.finish();
  const auto told = rig.book.take_all();
  ASSERT_EQ(told.size(), 1U) << "the one that ended in its frame was not forgotten";
  EXPECT_EQ(told[0].code, Code::FA411);
  EXPECT_EQ(told[0].line, line);
}

TEST(UnifiedFrame, ResetGivesANewCpuSideAndKeepsTheGpuSide) {
  Rig rig;
  UnifiedBuffer buffer;
  std::uint64_t handle = 0;
  for (unsigned frame = 0; frame < 5; ++frame) {
    rig.begin();
    if (frame == 0) {
      buffer = *rig.unified->create_staging_buffer(256, gpu::BufferUsage::UniformBuffer);
    } else {
      ASSERT_TRUE(rig.unified->reset_staging(buffer));
      EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly);
    }
    const std::vector<std::byte> bytes = pattern(256, frame);
    std::ranges::copy(bytes, buffer.cpu_slice_mut().begin());
    ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
    if (frame == 0) handle = buffer.gpu_buffer()->raw_handle();
    EXPECT_EQ(buffer.gpu_buffer()->raw_handle(), handle);
    EXPECT_EQ(rig.unified->get_usage().cpu, 256U);
    rig.finish();
    EXPECT_EQ(rig.device.device_bytes(*buffer.gpu_buffer()), bytes);
  }
  EXPECT_EQ(rig.unified->reset_staging(buffer).error().code, Code::FA001);
  rig.book.expect({Code::FA001});
}

TEST(UnifiedFrame, WritingMakesTheGpuSideOlder) {
  Rig rig;
  auto buffer = *rig.unified->create_cpu_buffer(64);
  EXPECT_EQ(buffer.cpu_slice()[63], std::byte{0}) << "zeroed";
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  EXPECT_FALSE(buffer.cpu_slice().empty());
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized) << "reading changes nothing";
  buffer.cpu_slice_mut()[0] = std::byte{1};
  EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly);
  EXPECT_NE(buffer.gpu_buffer(), nullptr) << "it is there, and older";
  ASSERT_TRUE(rig.unified->submit_transfers());
  EXPECT_EQ(rig.device.device_bytes(*buffer.gpu_buffer())[0], std::byte{0});
}

}  // namespace
}  // namespace framealloc::coordinator::testing
