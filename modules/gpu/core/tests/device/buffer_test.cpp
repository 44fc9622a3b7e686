// SPDX-License-Identifier: MIT OR Apache-2.0
// The CPU's side of a buffer: mapping, coherence, what is misuse and what is not.
#include <framealloc/gpu/transfer_batch.hpp>

#include "gpu_rig.hpp"

#include <cstring>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuBufferMap, DeviceOnlyIsRefusedEvenWhereItsMemoryIsVisible) {
  Rig rig(HostBackendConfig::integrated());
  GpuBuffer buffer = rig.buffer(4096, Intent::DeviceOnly);
  EXPECT_TRUE(buffer.map().empty());
  EXPECT_FALSE(buffer.flush());
  EXPECT_FALSE(buffer.invalidate());
  buffer.unmap();
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(3, Code::FA414));
}

TEST(GpuBufferMap, WhatTheCpuWritesTheDeviceSeesOnceUnmapped) {
  for (const std::size_t atom :
       {std::size_t{1}, std::size_t{4}, std::size_t{64}, std::size_t{256}}) {
    SCOPED_TRACE("atom " + std::to_string(atom));
    HostBackendConfig config = HostBackendConfig::mobile();
    config.non_coherent_atom = atom;
    Rig rig(config);
    // Odd sizes side by side: each is written, flushed and changed without touching its neighbors.
    std::vector<GpuBuffer> buffers;
    for (std::size_t i = 0; i < 20; ++i)
      buffers.push_back(rig.buffer(1 + i * 13, Intent::HostCached));
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const std::span<std::byte> bytes = buffers[i].map();
      ASSERT_EQ(bytes.size(), 1 + i * 13);
      std::memset(bytes.data(), static_cast<int>(i + 1), bytes.size());
    }
    // Reading one back must not lose what its neighbors have not flushed yet.
    ASSERT_FALSE(buffers[10].map(MapMode::Read).empty());
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      buffers[i].unmap();
      const std::vector<std::byte> seen = rig.device.device_bytes(buffers[i]);
      ASSERT_EQ(seen, std::vector<std::byte>(1 + i * 13, std::byte(i + 1))) << i;
    }
    // And the other way round.
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      rig.device.dispatch(
          buffers[i],
          [](std::span<std::byte> bytes, void*) {
            for (std::byte& byte : bytes) byte = byte ^ std::byte{0x80};
          },
          nullptr);
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const std::span<std::byte> bytes = buffers[i].map(MapMode::Read);
      for (const std::byte byte : bytes) ASSERT_EQ(byte, std::byte(i + 1) ^ std::byte{0x80});
    }
  }
}

TEST(GpuBufferMap, MappingAgainToReadKeepsWhatWasWritten) {
  Rig rig(HostBackendConfig::mobile());
  GpuBuffer buffer = rig.buffer(100, Intent::HostCached);
  std::memset(buffer.map(MapMode::Write).data(), 7, 100);
  EXPECT_EQ(buffer.map(MapMode::ReadWrite)[99], std::byte{7});
}

TEST(GpuBufferMap, RangesOutsideAreRefused) {
  Rig rig(HostBackendConfig::mobile());
  GpuBuffer buffer = rig.buffer(1000, Intent::HostCached);
  EXPECT_TRUE(buffer.flush(10, 20));
  EXPECT_TRUE(buffer.flush(999, 1));
  EXPECT_TRUE(buffer.flush(1000));
  EXPECT_TRUE(buffer.invalidate(0, 1000));
  EXPECT_FALSE(buffer.flush(1001));
  EXPECT_FALSE(buffer.flush(999, 2));
  EXPECT_FALSE(buffer.invalidate(0, 1001));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(3, Code::FA011));
}

TEST(GpuBufferMap, AnEmptyOneAnswersEmpty) {
  GpuBuffer none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.map().empty());
  none.unmap();
  none.touch();
  EXPECT_FALSE(none.flush());
  EXPECT_EQ(none.usage(), BufferUsage::None);
  EXPECT_EQ(none.device_address(), 0U);
}

TEST(GpuFrames, UnbalancedOnesAreReported) {
  Rig rig;
  EXPECT_EQ(rig.gpu->current_frame(), 0U);
  EXPECT_FALSE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_EQ(rig.gpu->current_frame(), 1U);
  EXPECT_FALSE(rig.gpu->begin_gpu_frame());
  const Result<Ticket> ticket = rig.gpu->end_gpu_frame();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(rig.gpu->current_frame(), 1U);
  EXPECT_TRUE(rig.gpu->is_complete(*ticket));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(2, Code::FA004));
}

TEST(GpuFrames, ATimeoutIsAnAnswerAndNoReport) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const Result<Ticket> first = rig.gpu->end_gpu_frame();
  ASSERT_TRUE(first);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_FALSE(rig.gpu->is_complete(*first));
  const Result<void> late = rig.gpu->begin_gpu_frame(std::chrono::nanoseconds(0));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::FA419);
  EXPECT_EQ(rig.gpu->current_frame(), 2U);
  rig.device.complete();
  EXPECT_TRUE(rig.gpu->begin_gpu_frame(std::chrono::nanoseconds(0)));
  EXPECT_EQ(rig.gpu->current_frame(), 3U);
  EXPECT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuFrames, CallbacksRunOnceWhenTheirTicketIsComplete) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  static std::vector<int> order;
  order.clear();
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const Result<Ticket> ticket = rig.gpu->end_gpu_frame();
  ASSERT_TRUE(ticket);
  for (const int value : {1, 2}) {
    static int values[3] = {0, 1, 2};
    rig.gpu->on_complete(
        *ticket, [](void* context) { order.push_back(*static_cast<int*>(context)); },
        &values[value]);
  }
  EXPECT_TRUE(order.empty());
  ASSERT_TRUE(rig.gpu->wait(*ticket));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  rig.gpu->on_complete(*ticket, [](void*) { order.push_back(9); }, nullptr);
  EXPECT_EQ(order.back(), 9);
  EXPECT_EQ(rig.gpu->wait(Ticket{ticket->serial + 1}).error().code, Code::FA419);  // not yet
  EXPECT_EQ(rig.gpu->wait(Ticket{ticket->serial << 4}).error().code, Code::FA011);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA011});
}

TEST(GpuFrames, AFailedSignalEndsTheFrameAllTheSame) {
  for (std::uint64_t n = 1; n <= 5; ++n) {
    GpuConfig config;
    config.frames_in_flight = 1 + static_cast<unsigned>(n % 3);
    Rig rig(HostBackendConfig::discrete(), config);
    rig.device.set_completion(HostCompletion::Manual);
    rig.device.fail_submit_at(n);
    int failed = 0;
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(rig.gpu->begin_gpu_frame());
      {
        const GpuBuffer dropped = rig.buffer(kMiB);
      }
      if (!rig.gpu->end_gpu_frame()) ++failed;
    }
    EXPECT_EQ(failed, 1);
    EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
    ASSERT_TRUE(rig.gpu->wait_idle());
    EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  }
}

TEST(GpuFrames, ALostDeviceIsSaidAndNothingLeaks) {
  ReportBook book;
  HostBackend device;
  {
    SmartAlloc host(reporting_to(book));
    Result<GpuAllocator> gpu = GpuAllocator::create(host, device);
    ASSERT_TRUE(gpu);
    device.set_completion(HostCompletion::Manual);
    ASSERT_TRUE(gpu->begin_gpu_frame());
    GpuBuffer buffer = *gpu->allocate({kMiB, Intent::DeviceOnly});
    ASSERT_TRUE(gpu->end_gpu_frame());
    device.lose_device();
    EXPECT_EQ(gpu->wait_idle().error().code, Code::FA419);
    EXPECT_EQ(gpu->allocate({100 * kMiB, Intent::DeviceOnly}).error().code, Code::FA419);
  }
  EXPECT_EQ(book.codes(), std::vector<Code>(2, Code::FA419));
  EXPECT_EQ(device.counters().live_allocations, 0U);
}

// A program may flush by itself before a submission of its own; map() leaves the result alone.
TEST(GpuBufferMap, WhatTheGpuWroteAfterAFlushIsThereToRead) {
  Rig rig(HostBackendConfig::mobile());
  GpuBuffer buffer = rig.buffer(1000, GpuMemoryIntent::HostCached);
  const std::span<std::byte> mapped = buffer.map();
  std::fill(mapped.begin(), mapped.end(), std::byte{1});
  ASSERT_TRUE(buffer.flush());
  rig.device.dispatch(
      buffer,
      [](std::span<std::byte> bytes, void*) {
        for (std::byte& value : bytes) value = value == std::byte{1} ? std::byte{42} : std::byte{7};
      },
      nullptr);
  const std::span<const std::byte> result = buffer.map(MapMode::Read);
  ASSERT_EQ(result.size(), 1000U);
  EXPECT_EQ(std::count(result.begin(), result.end(), std::byte{42}), 1000);
}

// Of a buffer that the program flushes in parts, nothing is flushed over what the GPU wrote.
TEST(GpuBufferMap, WhatTheGpuWroteAfterAFlushOfAPartIsThereToRead) {
  const auto fill = [](std::span<std::byte> bytes, void*) {
    std::fill(bytes.begin(), bytes.end(), std::byte{42});
  };
  struct Part {
    std::size_t offset, size;
  };
  for (const std::vector<Part>& parts : std::vector<std::vector<Part>>{
           {{0, 100}}, {{300, 100}}, {{900, 100}}, {{0, 500}, {500, 500}}, {{700, 1}, {0, 900}}}) {
    for (const MapMode mode : {MapMode::Read, MapMode::ReadWrite}) {
      Rig rig(HostBackendConfig::mobile());
      GpuBuffer buffer = rig.buffer(1000, GpuMemoryIntent::HostCached);
      const std::span<std::byte> mapped = buffer.map();
      for (const auto& [offset, size] : parts) {
        std::memset(mapped.data() + offset, 1, size);
        ASSERT_TRUE(buffer.flush(offset, size));
        EXPECT_EQ(rig.device.device_bytes(buffer)[offset], std::byte{1});
      }
      rig.device.dispatch(buffer, fill, nullptr);
      const std::span<const std::byte> result = buffer.map(mode);
      EXPECT_EQ(std::count(result.begin(), result.end(), std::byte{42}), 1000);
      // And again, with the span of this call.
      if (mode == MapMode::Read) continue;
      ASSERT_TRUE(buffer.flush(10, 1));
      rig.device.dispatch(
          buffer, [](std::span<std::byte> bytes, void*) { bytes[999] = std::byte{7}; }, nullptr);
      EXPECT_EQ(buffer.map(MapMode::Read)[999], std::byte{7});
    }
  }
}

// A flush of parts is none of the rest, for a copy, for the end of the span, and for an earlier span.
TEST(GpuBufferMap, WhatAFlushOfAPartHasLeftIsFlushedLater) {
  Rig rig(HostBackendConfig::mobile());
  const auto written = [](GpuBuffer& buffer) {
    std::memset(buffer.map().data(), 3, 1000);
    EXPECT_TRUE(buffer.flush(0, 100));
    EXPECT_TRUE(buffer.flush(300, 100));
  };
  GpuBuffer buffer = rig.buffer(1000, GpuMemoryIntent::HostCached);
  written(buffer);
  buffer.unmap();
  EXPECT_EQ(rig.device.device_bytes(buffer), std::vector<std::byte>(1000, std::byte{3}));

  GpuBuffer from = rig.buffer(1000, GpuMemoryIntent::HostCached);
  GpuBuffer to = rig.buffer(1000);
  written(from);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.copy(from, to) && batch.submit());
  EXPECT_EQ(rig.device.device_bytes(to), std::vector<std::byte>(1000, std::byte{3}));

  GpuBuffer twice = rig.buffer(1000, GpuMemoryIntent::HostCached);
  std::memset(twice.map().data(), 3, 1000);
  twice.map()[0] = std::byte{4};
  ASSERT_TRUE(twice.flush(0, 1));
  const std::span<const std::byte> seen = twice.map(MapMode::Read);
  EXPECT_EQ(seen[0], std::byte{4});
  EXPECT_EQ(std::count(seen.begin(), seen.end(), std::byte{3}), 999);
}

// Mapped once, written and copied in every round: as persistently mapped memory is used.
TEST(GpuBufferMap, EachCopyOfAMappedBufferTakesWhatWasWrittenLast) {
  for (const GpuMemoryIntent intent :
       {GpuMemoryIntent::HostCached, GpuMemoryIntent::HostVisible, GpuMemoryIntent::Staging}) {
    Rig rig(HostBackendConfig::mobile());
    GpuBuffer from = rig.buffer(1000, intent);
    GpuBuffer to = rig.buffer(1000, GpuMemoryIntent::DeviceOnly);
    const std::span<std::byte> mapped = from.map();
    ASSERT_EQ(mapped.size(), 1000U);
    for (int round = 1; round <= 4; ++round) {
      std::memset(mapped.data(), round, mapped.size());
      TransferBatch batch = rig.gpu->begin_transfer();
      ASSERT_TRUE(batch.copy(from, to));
      ASSERT_TRUE(batch.submit());
      ASSERT_TRUE(rig.gpu->wait_idle());
      EXPECT_EQ(rig.device.device_bytes(to), std::vector<std::byte>(1000, std::byte(round)));
    }
    std::memset(mapped.data(), 9, mapped.size());
    from.unmap();
    EXPECT_EQ(rig.device.device_bytes(from), std::vector<std::byte>(1000, std::byte{9}));
  }
}

}  // namespace
}  // namespace framealloc::gpu::testing
