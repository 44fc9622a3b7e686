// SPDX-License-Identifier: MIT OR Apache-2.0
// Several allocators on one backend, one after another and at once.
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>
#include <framealloc/gpu/readback.hpp>
#include <framealloc/gpu/transfer_batch.hpp>

#include <optional>

namespace framealloc::gpu::testing {
namespace {

// Two allocators on a device, which completes nothing of itself.
class OneBackend : public ::testing::Test {
 protected:
  OneBackend() { device_.set_completion(HostCompletion::Manual); }
  ~OneBackend() override {
    EXPECT_EQ(device_.counters().violations, 0U) << device_.last_violation();
    EXPECT_EQ(device_.counters().live_allocations, 0U);
    EXPECT_EQ(book_.codes(), std::vector<Code>{});
  }
  GpuAllocator allocator() {
    Result<GpuAllocator> made = GpuAllocator::create(host_, device_);
    EXPECT_TRUE(made) << made.error().message.view();
    return *std::move(made);
  }
  // Effect: a frame with slices, and a buffer full of `value` that is on its way back.
  static Readback frame(GpuAllocator& gpu, int value) {
    const std::vector<std::byte> data(1000, static_cast<std::byte>(value));
    EXPECT_TRUE(gpu.begin_gpu_frame());
    auto buffer = gpu.allocate({data.size(), Intent::DeviceOnly});
    EXPECT_TRUE(gpu.staging().alloc(5000));
    TransferBatch batch = gpu.begin_transfer();
    EXPECT_TRUE(batch.upload(*buffer, data));
    Result<Readback> readback = batch.readback(*buffer);
    const Result<Ticket> copies = batch.submit();
    EXPECT_TRUE(copies);
    const Result<Ticket> end = gpu.end_gpu_frame();
    EXPECT_TRUE(end);
    EXPECT_FALSE(gpu.is_complete(*copies));
    EXPECT_FALSE(gpu.is_complete(*end));
    EXPECT_FALSE(readback->ready());
    return *std::move(readback);
  }
  static void expect(Readback& readback, int value) {
    const auto bytes = readback.wait();
    ASSERT_TRUE(bytes) << bytes.error().message.view();
    EXPECT_EQ((*bytes)[999], static_cast<std::byte>(value));
  }

  ReportBook book_;
  HostBackend device_;
  SmartAlloc host_{reporting_to(book_)};
};

TEST_F(OneBackend, ServesOneAllocatorAfterAnother) {
  for (int round = 0; round < 3; ++round) {
    GpuAllocator gpu = allocator();
    for (int i = 0; i < 5; ++i) {
      Readback readback = frame(gpu, round * 10 + i);
      expect(readback, round * 10 + i);
    }
  }
}

TEST_F(OneBackend, ServesTwoAtOnce) {
  GpuAllocator first = allocator(), second = allocator();
  for (int i = 0; i < 6; ++i) {
    Readback ahead = frame(first, i), behind = frame(second, 100 + i);
    if (i % 2 == 0) {
      // What the one waits for says nothing of what the other has submitted since.
      expect(ahead, i);
      EXPECT_FALSE(behind.ready());
      expect(behind, 100 + i);
    } else {
      expect(behind, 100 + i);
      EXPECT_TRUE(ahead.ready());
      expect(ahead, i);
    }
  }
  // A frame that is open here while there frames come and go.
  EXPECT_TRUE(first.begin_gpu_frame());
  const Ticket end = first.frame_end();
  for (int i = 0; i < 4; ++i) {
    Readback readback = frame(second, i);
    expect(readback, i);
    EXPECT_FALSE(first.is_complete(end));
  }
  EXPECT_TRUE(first.end_gpu_frame());
  EXPECT_FALSE(first.is_complete(end));
  EXPECT_TRUE(first.wait(end));
}

// More submissions on their way than are remembered one by one.
TEST_F(OneBackend, RemembersAThousandSubmissions) {
  GpuAllocator gpu = allocator();
  auto from = gpu.allocate({64, Intent::HostVisible}), to = gpu.allocate({64, Intent::HostVisible});
  std::vector<Ticket> tickets;
  for (int i = 0; i < 1300; ++i) {
    TransferBatch batch = gpu.begin_transfer();
    ASSERT_TRUE(batch.copy(*from, *to));
    const Result<Ticket> ticket = batch.submit();
    ASSERT_TRUE(ticket);
    tickets.push_back(*ticket);
  }
  EXPECT_FALSE(gpu.is_complete(tickets[0]));
  ASSERT_TRUE(gpu.wait(tickets[3]));
  EXPECT_TRUE(gpu.is_complete(tickets[3]));
  EXPECT_FALSE(gpu.is_complete(tickets[1299]));
  ASSERT_TRUE(gpu.wait(tickets[1298]));
  EXPECT_FALSE(gpu.is_complete(tickets[1299]));
  device_.complete();
  EXPECT_TRUE(gpu.is_complete(tickets[1299]));
}

}  // namespace
}  // namespace framealloc::gpu::testing
