// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers that live for a frame or several.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>
#include <framealloc/source.hpp>

#include <cstring>
#include <set>
#include <utility>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

TEST(FrameBuffer, SharesAHandleWithinItsLifetimeOnly) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  Result<GpuBuffer> first = rig.gpu->frame_alloc({100, Intent::DeviceOnly});
  Result<GpuBuffer> second = rig.gpu->frame_alloc({100, Intent::DeviceOnly});
  Result<GpuBuffer> third =
      rig.gpu->frame_alloc({100, Intent::DeviceOnly, GpuLifetime::MultiFrame(2)});
  Result<GpuBuffer> fourth =
      rig.gpu->frame_alloc({100, Intent::DeviceOnly, GpuLifetime::MultiFrame(3)});
  ASSERT_TRUE(first && second && third && fourth);
  EXPECT_EQ(first->raw_handle(), second->raw_handle());
  EXPECT_NE(first->offset(), second->offset());
  const std::set<std::uint64_t> handles{first->raw_handle(), third->raw_handle(),
                                        fourth->raw_handle()};
  EXPECT_EQ(handles.size(), 3U);
  EXPECT_EQ(third->lifetime(), GpuLifetime::MultiFrame(2));
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 400U);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 200U) << "frames 2 and 3 may use these still";
  rig.expect_sums();
  rig.frame();
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 100U);
  rig.frame();
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 0U);
  rig.expect_sums();
}

TEST(FrameBuffer, MultiFrameMemoryKeepsItsBytes) {
  Rig rig(HostBackendConfig::mobile(), small_rings());
  rig.device.set_completion(HostCompletion::Manual);
  std::vector<std::pair<GpuBuffer, int>> live;
  for (int frame = 0; frame < 40; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    for (auto& [buffer, value] : live) {
      for (const std::byte byte : buffer.map(MapMode::ReadWrite))
        ASSERT_EQ(byte, static_cast<std::byte>(value)) << "frame " << frame;
    }
    if (live.size() == 2) live.erase(live.begin());
    Result<GpuBuffer> made =
        rig.gpu->frame_alloc({30 * kKiB + 1, Intent::HostCached, GpuLifetime::MultiFrame(3)});
    ASSERT_TRUE(made);
    const std::span<std::byte> bytes = made->map();
    std::memset(bytes.data(), frame, bytes.size());
    live.emplace_back(*std::move(made), frame);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
    rig.expect_sums();
  }
}

TEST(FrameBuffer, IsRefusedOutsideOfFrames) {
  Rig rig;
  EXPECT_FALSE(rig.gpu->frame_alloc({100, Intent::Staging}));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA001});
}

TEST(FrameBuffer, MapsInItsFramesOnly) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  Result<GpuBuffer> one = rig.gpu->frame_alloc({100, Intent::HostVisible});
  Result<GpuBuffer> two =
      rig.gpu->frame_alloc({100, Intent::HostVisible, GpuLifetime::MultiFrame(2)});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->map().size(), 100U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_TRUE(one->map().empty());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA415});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_TRUE(one->map().empty());
  EXPECT_EQ(two->map().size(), 100U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA415});
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_TRUE(two->map().empty());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA415});
}

TEST(FrameBuffer, StagingThatNobodyCopiesIsReportedOnce) {
  Rig rig;
  GpuBuffer target = rig.buffer(4096);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  Result<GpuBuffer> forgotten = rig.gpu->frame_alloc({64, Intent::Staging});
  Result<GpuBuffer> copied = rig.gpu->frame_alloc({64, Intent::Staging});
  Result<GpuBuffer> visible = rig.gpu->frame_alloc({64, Intent::HostVisible});
  {
    ASSERT_TRUE(rig.gpu->frame_alloc({64, Intent::Staging}));
  }  // let go: nobody forgot it
  ASSERT_TRUE(forgotten && copied && visible);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.copy(*copied, target));
  ASSERT_TRUE(batch.submit());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA411});
  rig.frames(3);
}

// Gives what the system gives until it is told not to.
class ExhaustedSource final : public MemorySource {
 public:
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    return exhausted ? nullptr : system_source().allocate(bytes, alignment);
  }
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override {
    system_source().deallocate(address, bytes, alignment);
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "exhausted"; }
  bool exhausted = false;
};

// Where a budget has no room for a page, a smaller one does, and in the end what is asked for.
TEST(FrameBuffer, ABudgetBelowAPageIsUsedToItsEnd) {
  constexpr std::size_t kSize = 1000;
  for (const std::size_t limit : {kKiB, 5 * kKiB, 64 * kKiB, 1000 * kKiB, kMiB + 10 * kKiB}) {
    for (const bool as_buffers : {false, true}) {
      SCOPED_TRACE(limit);
      Rig rig;
      rig.gpu->set_heap_limit(1, limit);
      ASSERT_TRUE(rig.gpu->begin_gpu_frame());
      std::size_t taken = 0;
      const auto take = [&] {
        return as_buffers ? static_cast<bool>(rig.gpu->frame_alloc({kSize, Intent::Readback}))
                          : static_cast<bool>(rig.gpu->staging().alloc(kSize));
      };
      // The memory for readbacks has another heap to go to; what went there is not this heap's.
      while (taken <= limit / kSize && take() &&
             rig.gpu->heap_budget(1).used >= (taken + 1) * kSize)
        ++taken;
      EXPECT_GE(taken * 1024 + 4 * kKiB, limit);
      EXPECT_GE(taken, 1U);
      EXPECT_LE(rig.device.heap_peak_bytes(1), limit);
      EXPECT_LE(rig.gpu->stats().device_allocations, 16U) << "not one for each slice";
      EXPECT_EQ(rig.book.codes(),
                as_buffers ? std::vector<Code>{} : std::vector<Code>{Code::FA417});
      rig.expect_sums();
      ASSERT_TRUE(rig.gpu->end_gpu_frame());
    }
  }
}

TEST(FrameBuffer, WhatAPageIsTooLargeForIsUsed) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  rig.gpu->set_heap_limit(1, 256 * kKiB);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  ASSERT_TRUE(rig.gpu->staging().alloc(200 * kKiB));  // of a block of 256
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(rig.gpu->staging().alloc(kKiB)) << i;
  EXPECT_EQ(rig.gpu->stats().device_allocations, 1U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameBuffer, ARingWithoutBookkeepingSaysSo) {
  ExhaustedSource source;
  ReportBook book;
  HostBackend device;
  SmartAlloc host(reporting_to(book, &source));
  Result<GpuAllocator> gpu = GpuAllocator::create(host, device);
  ASSERT_TRUE(gpu);
  ASSERT_TRUE(gpu->begin_gpu_frame());
  source.exhausted = true;
  std::vector<std::pair<void*, std::size_t>> taken;
  for (std::size_t size = 64 * kKiB; size != 0; size /= 2)
    while (void* const block = host.bookkeeping_alloc(size)) taken.emplace_back(block, size);
  EXPECT_FALSE(gpu->staging().alloc(64));
  EXPECT_EQ(book.codes(), std::vector<Code>{Code::FA012});
  for (const auto& [block, size] : taken) host.bookkeeping_free(block, size);
  source.exhausted = false;
  EXPECT_TRUE(gpu->staging().alloc(64));  // another try
  ASSERT_TRUE(gpu->end_gpu_frame());
  EXPECT_EQ(book.codes(), std::vector<Code>{});
}

}  // namespace
}  // namespace framealloc::gpu::testing
