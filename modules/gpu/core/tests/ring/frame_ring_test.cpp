// SPDX-License-Identifier: MIT OR Apache-2.0
// Frame memory: what a thread's ring hands out, and when it comes back.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <cstring>
#include <random>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

bool aligned(std::uint64_t value, std::size_t alignment) { return value % alignment == 0; }

TEST(FrameRing, BumpsMappedMemoryOfTheFrame) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  FrameRing& ring = rig.gpu->staging();
  const GpuSlice first = ring.alloc(100);
  const GpuSlice second = ring.alloc(40, 64);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first.size, 100U);
  EXPECT_EQ(first.buffer, second.buffer);
  EXPECT_GE(second.offset, first.offset + 100);
  EXPECT_TRUE(aligned(second.offset, 64));
  EXPECT_EQ(second.data - first.data, static_cast<std::ptrdiff_t>(second.offset - first.offset));
  EXPECT_EQ(first.frame, rig.gpu->current_frame());
  EXPECT_EQ(first.as<std::uint32_t>().size(), 25U);
  EXPECT_GE(rig.gpu->stats().transient_bytes, 140U);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 0U);
  rig.expect_sums();
}

TEST(FrameRing, CountsWhatAlignmentSkipsAsPadding) {
  for (const std::size_t limit : {std::size_t{0}, 200 * kKiB}) {
    Rig rig(HostBackendConfig::discrete(), small_rings());
    rig.device.set_completion(HostCompletion::Manual);
    if (limit != 0) rig.gpu->set_tag_limit("", limit);
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    std::size_t handed_out = 0;
    for (std::size_t i = 0; i < 300; ++i) {  // over several pages
      const std::size_t size = 100 + i;
      ASSERT_TRUE(rig.gpu->staging().alloc(size, 256));
      handed_out += size;
      if (i % 7 != 0) continue;
      ASSERT_EQ(rig.gpu->stats().transient_bytes, handed_out);
      ASSERT_EQ(rig.gpu->tag_bytes(""), handed_out);
      ASSERT_GE(rig.gpu->stats().padding_bytes, i * 256 - handed_out + 100);
      rig.expect_sums();
    }
    ASSERT_TRUE(rig.gpu->staging().alloc(90 * kKiB / 2, 4096));
    handed_out += 90 * kKiB / 2;
    EXPECT_EQ(rig.gpu->stats().transient_bytes, handed_out);
    EXPECT_EQ(rig.gpu->stats().peak_usage, handed_out);
    std::thread([&] {
      ASSERT_TRUE(rig.gpu->staging().alloc(10, 256) && rig.gpu->staging().alloc(10, 256));
    }).join();
    handed_out += 20;
    EXPECT_EQ(rig.gpu->stats().transient_bytes, handed_out);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
    EXPECT_EQ(rig.gpu->stats().retired_bytes, handed_out);
    EXPECT_EQ(rig.gpu->tag_bytes(""), 0U);
    rig.expect_sums();
    ASSERT_TRUE(rig.gpu->wait_idle());
    EXPECT_EQ(rig.gpu->stats().padding_bytes, 0U);
    EXPECT_EQ(rig.gpu->stats().free_bytes, rig.gpu->stats().total_bytes);
  }
}

TEST(FrameRing, AlignsAsTheUsagesOfTheIntentNeed) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  FrameRing& ring = rig.gpu->frame_ring(Intent::HostVisible);
  for (int i = 0; i < 10; ++i) {
    const GpuSlice slice = ring.alloc(20, 4);
    ASSERT_TRUE(slice);
    EXPECT_TRUE(aligned(slice.offset, rig.gpu->alignment_for(BufferUsage::UniformBuffer)));
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameRing, CopiesWhatIsPushed) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const std::vector<std::uint64_t> values{1, 2, 3};
  const GpuSlice slice = rig.gpu->staging().push(std::span<const std::uint64_t>(values));
  ASSERT_TRUE(slice);
  EXPECT_EQ(std::memcmp(slice.data, values.data(), 24), 0);
  EXPECT_TRUE(aligned(reinterpret_cast<std::uintptr_t>(slice.data), alignof(std::uint64_t)));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameRing, DeniesOutsideOfAFrameAndSaysSo) {
  Rig rig;
  FrameRing& ring = rig.gpu->staging();
  EXPECT_FALSE(ring.alloc(16));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA001});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_TRUE(ring.alloc(16));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_FALSE(ring.alloc(16));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA001});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_TRUE(ring.alloc(16)) << "the reference stays good across frames";
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameRing, ReportsNameThePlaceThatAskedForTheRing) {
  Rig rig;
  const std::uint32_t line = __LINE__ + 1;
  FrameRing& ring = rig.gpu->staging();
  EXPECT_FALSE(ring.alloc(16));
  FrameRing& again = rig.gpu->staging();
  EXPECT_FALSE(again.alloc(16));
  const std::vector<Told> told = rig.book.take_all();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].line, line);
  EXPECT_EQ(told[1].line, line + 2);
}

TEST(FrameRing, DeniesWhatIsNoRequest) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  FrameRing& ring = rig.gpu->staging();
  EXPECT_TRUE(ring.alloc(16));
  EXPECT_FALSE(ring.alloc(0));
  EXPECT_FALSE(ring.alloc(SIZE_MAX));
  EXPECT_FALSE(ring.alloc(SIZE_MAX - 100));
  EXPECT_FALSE(ring.alloc(std::size_t{1} << 50));
  EXPECT_FALSE(ring.alloc(16, 0));
  EXPECT_FALSE(ring.alloc(16, std::size_t{1} << 63));
  EXPECT_FALSE(ring.alloc(std::size_t{1} << 63, std::size_t{1} << 63));
  EXPECT_FALSE(ring.alloc(std::size_t{1} << 62, std::size_t{1} << 62));
  EXPECT_FALSE(ring.alloc((std::size_t{1} << 63) + 16, 16));
  EXPECT_FALSE(ring.alloc(SIZE_MAX, std::size_t{1} << 63));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(10, Code::FA011));
  EXPECT_FALSE(rig.gpu->frame_ring(Intent::DeviceOnly).alloc(16));
  EXPECT_FALSE(rig.gpu->frame_ring(Intent::Readback).alloc(16));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(2, Code::FA418));
  EXPECT_TRUE(ring.alloc(16));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameRing, ServesMoreThanAPageFromAPageOfItsOwn) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  FrameRing& ring = rig.gpu->staging();
  const GpuSlice before = ring.alloc(16);
  const GpuSlice large = ring.alloc(1 * kMiB, 4096);
  const GpuSlice after = ring.alloc(16);
  ASSERT_TRUE(before && large && after);
  EXPECT_TRUE(aligned(large.offset, 4096));
  EXPECT_EQ(after.offset, before.offset + 16) << "the page goes on";
  std::memset(large.data, 7, large.size);
  EXPECT_GE(rig.gpu->stats().transient_bytes, 1 * kMiB + 32);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

// Every slice of every frame in flight is unlike all others, and keeps its bytes until the GPU is
// done.
TEST(FrameRing, UsesNothingAgainBeforeTheGpuIsDone) {
  for (const unsigned in_flight : {1U, 2U, 3U}) {
    SCOPED_TRACE(in_flight);
    GpuConfig config = small_rings();
    config.frames_in_flight = in_flight;
    Rig rig(HostBackendConfig::discrete(), config);
    rig.device.set_completion(HostCompletion::Manual);
    GpuBuffer target = rig.buffer(1 * kMiB);
    std::mt19937 random(7 + in_flight);
    std::vector<std::vector<std::byte>> expected;
    for (unsigned frame = 0; frame < 60; ++frame) {
      ASSERT_TRUE(rig.gpu->begin_gpu_frame());
      FrameRing& ring = rig.gpu->staging();
      TransferBatch batch = rig.gpu->begin_transfer();
      std::size_t at = 0;
      while (at < 700 * kKiB) {
        const std::size_t size = 1 + random() % (90 * kKiB);
        const GpuSlice slice = ring.alloc(size, std::size_t{1} << random() % 9);
        ASSERT_TRUE(slice);
        std::memset(slice.data, static_cast<int>(random() & 0xff), size);
        ASSERT_TRUE(batch.copy(slice, target, at));
        at += size;
      }
      ASSERT_TRUE(batch.submit());
      rig.expect_sums();
      ASSERT_TRUE(rig.gpu->end_gpu_frame());
      rig.expect_sums();
    }
    ASSERT_TRUE(rig.gpu->wait_idle());
    EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
    rig.expect_sums();
  }  // the rig expects no violation: the device compares the sources with what they were
}

TEST(FrameRing, AsksTheDeviceForNothingInSteadyFrames) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  GpuBuffer target = rig.buffer(1 * kMiB);
  const auto frame = [&] {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    TransferBatch batch = rig.gpu->begin_transfer();
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(batch.copy(rig.gpu->staging().alloc(30 * kKiB), target));
      ASSERT_TRUE(rig.gpu->frame_ring(Intent::HostVisible).alloc(5000));
    }
    ASSERT_TRUE(batch.submit());
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  };
  for (int i = 0; i < 20; ++i) frame();
  const HostBackendCounters before = rig.device.counters();
  for (int i = 0; i < 300; ++i) frame();
  const HostBackendCounters after = rig.device.counters();
  EXPECT_EQ(after.memory_allocations, before.memory_allocations);
  EXPECT_EQ(after.memory_frees, before.memory_frees);
  EXPECT_EQ(after.buffers_created, before.buffers_created);
  EXPECT_EQ(after.submissions - before.submissions, 600U);
}

TEST(FrameRing, GivesASpikeBack) {
  GpuConfig config = small_rings();
  config.empty_block_frames = 10;
  Rig rig(HostBackendConfig::discrete(), config);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(rig.gpu->staging().alloc(200 * kKiB));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  const std::size_t spike = rig.gpu->stats().total_bytes;
  EXPECT_GE(spike, 20 * kMiB);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    ASSERT_TRUE(rig.gpu->staging().alloc(1000));
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  }
  EXPECT_LE(rig.gpu->stats().total_bytes, spike / 2);
  rig.expect_sums();
  ASSERT_TRUE(rig.gpu->wait_idle());
  static_cast<void>(rig.gpu->trim());
  EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
}

TEST(FrameRing, KeepsTheBudgetOfItsHeap) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  rig.gpu->set_heap_limit(1, 1 * kMiB);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  FrameRing& ring = rig.gpu->staging();
  std::size_t got = 0;
  while (ring.alloc(60 * kKiB)) got += 60 * kKiB;
  EXPECT_GE(got, 800 * kKiB) << "smaller blocks are tried";
  EXPECT_LE(rig.device.heap_peak_bytes(1), 1 * kMiB);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  ASSERT_TRUE(rig.gpu->wait_idle());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_TRUE(rig.gpu->staging().alloc(60 * kKiB));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(FrameRing, CountsUnderTheTagThatAskedForIt) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  rig.host.with_tag("render", [&] { ASSERT_TRUE(rig.gpu->staging().alloc(1024)); });
  rig.host.with_tag("render", [&] {
    rig.host.with_tag("shadows", [&] { ASSERT_TRUE(rig.gpu->staging().alloc(2048)); });
  });
  ASSERT_TRUE(rig.gpu->staging().alloc(512));
  EXPECT_EQ(rig.gpu->tag_bytes("render"), 3072U);
  EXPECT_EQ(rig.gpu->tag_bytes("render::shadows"), 2048U);
  EXPECT_EQ(rig.gpu->tag_bytes(""), 3584U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->tag_bytes(""), 0U);
}

TEST(FrameRing, KeepsTheLimitOfItsTagAlsoOneThatComesLater) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  rig.gpu->set_tag_limit("render", 1000);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  rig.host.with_tag("render", [&] {
    FrameRing& ring = rig.gpu->staging();
    EXPECT_TRUE(ring.alloc(512));
    EXPECT_TRUE(ring.alloc(480));
    EXPECT_FALSE(ring.alloc(16));
    EXPECT_FALSE(ring.alloc(4096));
    EXPECT_TRUE(ring.alloc(8));
  });
  EXPECT_EQ(rig.gpu->tag_bytes("render"), 1000U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(2, Code::FA417));
  rig.host.with_tag("late", [&] {
    FrameRing& ring = rig.gpu->staging();
    EXPECT_TRUE(ring.alloc(512));
    rig.gpu->set_tag_limit("late", 600);
    EXPECT_FALSE(ring.alloc(512));
    EXPECT_TRUE(ring.alloc(64));
  });
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.gpu->tag_bytes("render"), 0U);
}

TEST(FrameRing, SurvivesDeviceAllocationsThatFail) {
  for (std::uint64_t n = 1; n <= 8; ++n) {
    for (const bool sticky : {false, true}) {
      SCOPED_TRACE(n);
      Rig rig(HostBackendConfig::discrete(), small_rings());
      rig.device.fail_memory_at(n, sticky);
      for (int frame = 0; frame < 3; ++frame) {
        ASSERT_TRUE(rig.gpu->begin_gpu_frame());
        for (int i = 0; i < 40; ++i) {
          static_cast<void>(rig.gpu->staging().alloc(50 * kKiB));
          static_cast<void>(rig.gpu->frame_ring(Intent::HostVisible).alloc(100 * kKiB));
        }
        rig.expect_sums();
        ASSERT_TRUE(rig.gpu->end_gpu_frame());
      }
      for (const Code code : rig.book.codes()) EXPECT_EQ(code, Code::FA416);
    }
  }
}

TEST(FrameRing, ThreadsComeAndGo) {
  Rig rig(HostBackendConfig::discrete(), small_rings());
  for (int frame = 0; frame < 30; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    std::vector<std::thread> threads;
    std::vector<std::vector<GpuSlice>> slices(4);
    for (std::size_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        FrameRing& ring = rig.gpu->staging();
        for (std::size_t i = 0; i < 200; ++i) {
          const GpuSlice slice = ring.alloc(1 + (i * 37) % 900);
          if (!slice) return;
          std::memset(slice.data, static_cast<int>(thread + 1), slice.size);
          slices[thread].push_back(slice);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t thread = 0; thread < 4; ++thread) {
      ASSERT_EQ(slices[thread].size(), 200U);
      for (const GpuSlice& slice : slices[thread]) {
        for (std::size_t i = 0; i < slice.size; ++i)
          ASSERT_EQ(slice.data[i], static_cast<std::byte>(thread + 1));
      }
    }
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  }
  EXPECT_LE(rig.gpu->stats().total_bytes, 8 * kMiB) << "rings of threads that ended are taken over";
}

TEST(FrameRing, AThreadMayOutliveAllocatorsAndUseMany) {
  std::thread([] {
    for (int round = 0; round < 20; ++round) {
      Rig first, second;
      for (Rig* rig : {&first, &second}) {
        ASSERT_TRUE(rig->gpu->begin_gpu_frame());
        EXPECT_TRUE(rig->gpu->staging().alloc(64));
        ASSERT_TRUE(rig->gpu->end_gpu_frame());
      }
    }
  }).join();
}

TEST(FrameRing, AllocatorsMayOutliveThreadsAndEndInsideAFrame) {
  Rig rig;
  std::thread([&] { ASSERT_TRUE(rig.gpu->begin_gpu_frame()); }).join();
  EXPECT_TRUE(rig.gpu->staging().alloc(64));
}

}  // namespace
}  // namespace framealloc::gpu::testing
