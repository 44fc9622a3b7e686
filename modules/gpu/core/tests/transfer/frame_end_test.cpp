// SPDX-License-Identifier: MIT OR Apache-2.0
// The last copies of a frame in the submission that ends it, and when what was let go comes back.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <utility>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

TEST(FrameEnd, TakesTheLastCopiesInOneSubmission) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer buffer = rig.buffer(256);
  const std::vector<std::byte> data(256, std::byte{7});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(buffer, data));
  Readback readback = *batch.readback(buffer);
  const std::uint64_t before = rig.device.counters().submissions;
  Ticket copies;
  const Result<Ticket> ended = rig.gpu->end_gpu_frame(std::move(batch), &copies);
  ASSERT_TRUE(ended);
  EXPECT_EQ(rig.device.counters().submissions - before, 1U);
  EXPECT_EQ(copies, *ended);
  EXPECT_EQ(readback.ticket(), *ended);
  EXPECT_FALSE(readback.ready());
  ASSERT_TRUE(rig.gpu->wait(*ended));
  EXPECT_TRUE(readback.ready());
  const Result<std::span<const std::byte>> bytes = readback.wait();
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(std::equal(bytes->begin(), bytes->end(), data.begin(), data.end()));
}

TEST(FrameEnd, NothingRecordedIsTheEndAlone) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  Ticket copies{99};
  ASSERT_TRUE(rig.gpu->end_gpu_frame(rig.gpu->begin_transfer(), &copies));
  EXPECT_EQ(copies, Ticket{});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  ASSERT_TRUE(rig.gpu->end_gpu_frame(TransferBatch()));
  EXPECT_EQ(rig.device.counters().submissions, 2U);
}

TEST(FrameEnd, CopiesThatAreRefusedEndTheFrameAllTheSame) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(256);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  Readback readback = *batch.readback(buffer);
  rig.device.fail_submit_at(1);
  Ticket copies{99};
  EXPECT_EQ(rig.gpu->end_gpu_frame(std::move(batch), &copies).error().code, Code::FA419);
  EXPECT_EQ(copies, Ticket{});
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419}) << "once";
  EXPECT_FALSE(readback.ready());
  rig.frames(4);
}

TEST(FrameEnd, ALostDeviceIsSaidOnce) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(256);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  const Readback readback = *batch.readback(buffer);
  rig.device.lose_device();
  EXPECT_EQ(rig.gpu->end_gpu_frame(std::move(batch)).error().code, Code::FA419);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
}

TEST(FrameEnd, OutsideOfAFrameTheBatchIsDropped) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(256);
  TransferBatch batch = rig.gpu->begin_transfer();
  Readback readback = *batch.readback(buffer);
  EXPECT_EQ(rig.gpu->end_gpu_frame(std::move(batch)).error().code, Code::FA004);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA004});
  EXPECT_EQ(rig.device.counters().submissions, 0U);
}

TEST(FrameEnd, StagingOfAnEarlierFrameIsNamed) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(256);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(buffer, std::vector<std::byte>(64)));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_EQ(rig.gpu->end_gpu_frame(std::move(batch)).error().code, Code::FA415);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA415});
  rig.frame();
}

TEST(WaitIdle, TakesBackWhatTheOpenFrameHasLetGo) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  {
    const GpuBuffer gone = rig.buffer(4096);
  }
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 4096U);
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  ASSERT_TRUE(rig.gpu->frame_ring(GpuMemoryIntent::Staging).alloc(64)) << "of the open frame";
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 64U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  rig.expect_sums();
}

TEST(WaitIdle, TakesBackNothingThatTheDeviceStillUses) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  static std::size_t seen = 0;
  seen = 0;
  {
    GpuBuffer gone = rig.buffer(4096);
    rig.device.dispatch(
        gone, [](std::span<std::byte> bytes, void*) { seen += bytes.size(); }, nullptr);
  }
  EXPECT_EQ(seen, 0U);
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(seen, 4096U) << "the device has used it";
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(WaitIdle, KeepsWhatABatchHasRecorded) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer target = rig.buffer(4096);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  {
    const GpuBuffer source = rig.buffer(4096);
    ASSERT_TRUE(batch.copy(source, target));
  }
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 4096U);
  ASSERT_TRUE(batch.submit());
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(Retirement, ABatchThatIsSubmittedLateStillHoldsItsBuffers) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer target = rig.buffer(4096);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  {
    const GpuBuffer source = rig.buffer(4096);
    ASSERT_TRUE(batch.copy(source, target));
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frames(3);  // the frame in which the source was let go has long been complete
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  ASSERT_TRUE(batch.submit());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_GT(rig.device.pending(), 0U);
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 4096U) << "the copy has not been made yet";
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frames(3);
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
}

}  // namespace
}  // namespace framealloc::gpu::testing
