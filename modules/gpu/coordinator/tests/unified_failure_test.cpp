// SPDX-License-Identifier: MIT OR Apache-2.0
// What can go wrong, each with its code, each reported once.
#include "coordinator_rig.hpp"

#include <framealloc/source.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace framealloc::coordinator::testing {
namespace {

TEST(UnifiedFailure, NoSizeAndNoFrame) {
  Rig rig;
  EXPECT_EQ(rig.unified->create_cpu_buffer(0).error().code, Code::FA011);
  rig.book.expect({Code::FA011});
  EXPECT_EQ(rig.unified->create_cpu_buffer(SIZE_MAX).error().code, Code::FA011);
  rig.book.expect({Code::FA011});
  EXPECT_EQ(rig.unified->create_gpu_buffer(0, gpu::BufferUsage::VertexBuffer).error().code,
            Code::FA011);
  rig.book.expect({Code::FA011});
  EXPECT_EQ(rig.unified->create_staging_buffer(64).error().code, Code::FA001);
  rig.book.expect({Code::FA001});
  EXPECT_EQ(rig.unified->upload(std::span<const int>()).error().code, Code::FA011);
  rig.book.expect({Code::FA011});
  rig.begin();
  EXPECT_EQ(rig.unified->create_staging_buffer(0).error().code, Code::FA011);
  rig.book.expect({Code::FA011});
  rig.finish();
}

TEST(UnifiedFailure, ATransferThatWasDeniedWasNotForgotten) {
  Rig rig;
  rig.begin();
  auto staging = *rig.unified->create_staging_buffer(64);
  for (const unsigned heap : {0U, 2U}) rig.gpu->set_heap_limit(heap, 1);
  EXPECT_EQ(rig.unified->transfer_to_gpu(staging).error().code, Code::FA417);
  rig.book.expect({Code::FA417});
  rig.finish();
  rig.book.expect({});
}

TEST(UnifiedFailure, TransfersWithoutASideOrAUsage) {
  Rig rig;
  rig.begin();
  UnifiedBuffer none;
  EXPECT_EQ(rig.unified->transfer_to_gpu(none).error().code, Code::FA412);
  rig.book.expect({Code::FA412});
  auto on_gpu = *rig.unified->create_gpu_buffer(64, gpu::BufferUsage::VertexBuffer);
  EXPECT_EQ(rig.unified->transfer_to_gpu(on_gpu).error().code, Code::FA412) << "no CPU side";
  rig.book.expect({Code::FA412});
  EXPECT_EQ(rig.unified->transfer_to_cpu(on_gpu).error().code, Code::FA412) << "no TransferSrc";
  rig.book.expect({Code::FA412});
  EXPECT_TRUE(on_gpu.cpu_slice().empty()) << "nothing was made for the transfer that failed";
  EXPECT_EQ(rig.unified->get_usage().cpu, 0U);
  EXPECT_EQ(rig.unified->readback(on_gpu).error().code, Code::FA412);
  rig.book.expect({Code::FA412});
  const std::array<std::byte, 64> bytes{};
  EXPECT_EQ(rig.unified->upload(on_gpu, std::span(bytes)).error().code, Code::FA412)
      << "no TransferDst";
  rig.book.expect({Code::FA412});
  EXPECT_EQ(on_gpu.location(), BufferLocation::GpuOnly);
  auto on_cpu = *rig.unified->create_cpu_buffer(64);
  EXPECT_EQ(rig.unified->transfer_to_cpu(on_cpu).error().code, Code::FA412) << "no GPU side";
  rig.book.expect({Code::FA412});
  EXPECT_EQ(rig.unified->readback(on_cpu).error().code, Code::FA412);
  rig.book.expect({Code::FA412});
  EXPECT_EQ(on_cpu.location(), BufferLocation::CpuOnly);
  rig.finish();
}

TEST(UnifiedFailure, BuffersOfAnotherAllocator) {
  Rig rig;
  UnifiedAllocator other(*rig.cpu, *rig.gpu);
  auto buffer = *other.create_cpu_buffer(64);
  EXPECT_EQ(rig.unified->transfer_to_gpu(buffer).error().code, Code::FA011);
  rig.book.expect({Code::FA011});
}

TEST(UnifiedFailure, TheDeviceHasNoMore) {
  Rig rig;
  rig.device.fail_memory_at(1, true);
  EXPECT_EQ(rig.unified->create_gpu_buffer(64, gpu::BufferUsage::VertexBuffer).error().code,
            Code::FA416);
  rig.book.expect({Code::FA416});
  auto on_cpu = *rig.unified->create_cpu_buffer(64);
  EXPECT_EQ(rig.unified->transfer_to_gpu(on_cpu).error().code, Code::FA416);
  rig.book.expect({Code::FA416});
  EXPECT_EQ(on_cpu.gpu_buffer(), nullptr);
  EXPECT_EQ(rig.unified->get_usage().gpu, 0U);
  rig.device.fail_memory_at(0);
  EXPECT_TRUE(rig.unified->transfer_to_gpu(on_cpu));
}

TEST(UnifiedFailure, ASubmissionThatFailsHasTransferredNothing) {
  Rig rig;
  rig.begin();
  auto buffer = *rig.unified->create_cpu_buffer(64);
  auto arrived = *rig.unified->create_cpu_buffer(64);
  ASSERT_TRUE(rig.unified->transfer_to_gpu(arrived));
  ASSERT_TRUE(rig.unified->submit_transfers());
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  rig.device.fail_submit_at(1);
  const Result<gpu::Ticket> submitted = rig.unified->submit_transfers();
  ASSERT_FALSE(submitted);
  EXPECT_EQ(submitted.error().code, Code::FA419);
  rig.book.expect({Code::FA419});
  EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly);
  EXPECT_EQ(buffer.last_transfer(), gpu::Ticket());
  EXPECT_EQ(arrived.location(), BufferLocation::Synchronized) << "it went with another one";
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  rig.device.fail_submit_at(1);
  EXPECT_EQ(rig.unified->end_frame().error().code, Code::FA419);
  rig.book.expect({Code::FA419});
  EXPECT_FALSE(rig.cpu->in_frame()) << "the CPU's frame is ended all the same";
  EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly);
  rig.begin();
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  rig.finish();
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
}

TEST(UnifiedFailure, ALostDevice) {
  Rig rig;
  rig.begin();
  rig.device.lose_device();
  EXPECT_EQ(rig.unified->end_frame().error().code, Code::FA419);
  EXPECT_FALSE(rig.cpu->in_frame());
  rig.book.expect({Code::FA419});
}

TEST(UnifiedFailure, ALostDeviceIsReportedOnceWithTransfersLeft) {
  Rig rig;
  rig.begin();
  auto buffer = *rig.unified->create_cpu_buffer(64);
  ASSERT_TRUE(rig.unified->transfer_to_gpu(buffer));
  rig.device.lose_device();
  EXPECT_EQ(rig.unified->end_frame().error().code, Code::FA419);
  rig.book.expect({Code::FA419});
  EXPECT_EQ(buffer.location(), BufferLocation::CpuOnly) << "nothing was transferred";
  EXPECT_FALSE(rig.cpu->in_frame());
}

TEST(UnifiedFailure, TheCpuAllocatorHasNoMore) {
  gpu::HostBackend device;
  ReportBook book;
  FailingSource source(system_source(), ~std::uint64_t{0});
  UnifiedBudgetManager small({3 * kMiB, 0, 0}, &source);
  AllocConfig config;
  config.upstream = &small.cpu_source();
  config.on_report = &ReportBook::take;
  config.report_context = &book;
  SmartAlloc cpu(config);
  auto gpu = *gpu::GpuAllocator::create(cpu, device);
  UnifiedAllocator unlimited(cpu, gpu);
  EXPECT_EQ(unlimited.create_cpu_buffer(64 * kMiB).error().code, Code::FA012);
  book.expect({Code::FA012});
  UnifiedAllocator limited(cpu, gpu, &small);
  EXPECT_EQ(limited.create_cpu_buffer(64 * kMiB).error().code, Code::FA417);
  book.expect({Code::FA417});
  EXPECT_LE(small.cpu_usage(), 3 * kMiB);
}

TEST(UnifiedFailure, NoMemoryToMakeIt) {
  gpu::HostBackend device;
  SmartAlloc good;
  auto gpu = *gpu::GpuAllocator::create(good, device);
  NullSource nothing;
  AllocConfig config;
  config.upstream = &nothing;
  config.on_report = [](const Report&, void*) {};
  UnifiedAllocator unified(SmartAlloc(config), gpu);
  EXPECT_FALSE(unified);
  EXPECT_EQ(unified.begin_frame().error().code, Code::FA012);
  EXPECT_EQ(unified.end_frame().error().code, Code::FA012);
  EXPECT_EQ(unified.create_cpu_buffer(64).error().code, Code::FA012);
  EXPECT_EQ(unified.create_staging_buffer(64).error().code, Code::FA012);
  EXPECT_EQ(unified.upload(std::span<const int>()).error().code, Code::FA012);
  EXPECT_EQ(unified.submit_transfers().error().code, Code::FA012);
  EXPECT_EQ(unified.wait({}).error().code, Code::FA012);
  UnifiedBuffer buffer;
  EXPECT_EQ(unified.transfer_to_gpu(buffer).error().code, Code::FA012);
  EXPECT_EQ(unified.get_usage().cpu, 0U);
}

TEST(UnifiedFailure, ABudgetWithoutRoomForWhatIsHeld) {
  ReportBook book;
  gpu::HostBackend device;
  AllocConfig config;
  config.on_report = &ReportBook::take;
  config.report_context = &book;
  SmartAlloc cpu(config);
  auto gpu = *gpu::GpuAllocator::create(cpu, device);
  auto held = *gpu.allocate({kMiB, gpu::GpuMemoryIntent::DeviceOnly});
  UnifiedBudgetManager budget({0, kMiB / 2, 0});
  UnifiedAllocator unified(cpu, gpu, &budget);
  EXPECT_FALSE(unified);
  book.expect({Code::FA417});
  EXPECT_EQ(unified.create_cpu_buffer(64).error().code, Code::FA417);
  EXPECT_EQ(budget.gpu_usage(), 0U);
}

}  // namespace
}  // namespace framealloc::coordinator::testing
