// SPDX-License-Identifier: MIT OR Apache-2.0
// Several threads, several handles, several who look.
#include "gpu_rig.hpp"

#include <framealloc/figures.hpp>

#include <atomic>
#include <random>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuThreads, AllocateAndLetGoTogether) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 64 * kMiB);
  rig.gpu->set_heap_limit(2, kMiB);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  std::atomic<std::uint64_t> denied{0};
  for (unsigned index = 0; index < 4; ++index) {
    threads.emplace_back([&, index] {
      std::mt19937 random(index + 1);
      const auto scope = rig.host.tag_scope("thread" + std::to_string(index));
      std::vector<GpuBuffer> held;
      for (int i = 0; i < 3000; ++i) {
        if (held.size() > 40 || (random() % 2 == 0 && !held.empty())) {
          std::swap(held[random() % held.size()], held.back());
          held.pop_back();
          continue;
        }
        auto made =
            rig.gpu->allocate({1 + random() % (2 * kMiB), static_cast<Intent>(random() % 5)});
        if (made)
          held.push_back(*std::move(made));
        else
          denied.fetch_add(1);
        if (!held.empty() && held.back().intent() != Intent::DeviceOnly) {
          const auto bytes = held.back().map();
          bytes[0] = std::byte{1};
          bytes[bytes.size() - 1] = std::byte{2};
          held.back().unmap();
        }
      }
    });
  }
  std::thread watcher([&] {
    while (!over.load()) {
      const GpuAllocStats stats = rig.gpu->stats();
      EXPECT_EQ(stats.total_bytes, stats.allocated_bytes + stats.padding_bytes +
                                       stats.retired_bytes + stats.free_bytes);
      for (unsigned heap = 0; heap < 3; ++heap) {
        const GpuHeapBudget budget = rig.gpu->heap_budget(heap);
        EXPECT_LE(budget.reserved, budget.budget);
      }
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 100; ++i) {
    rig.frame();
    std::this_thread::yield();
  }
  for (std::thread& thread : threads) thread.join();
  over.store(true);
  watcher.join();
  EXPECT_LE(rig.device.heap_peak_bytes(0), 64 * kMiB);
  EXPECT_LE(rig.device.heap_peak_bytes(2), kMiB);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(denied.load(), Code::FA417));
  ASSERT_TRUE(rig.gpu->wait_idle());
  const GpuAllocStats stats = rig.gpu->stats();
  EXPECT_EQ(stats.allocated_bytes, 0U);
  EXPECT_EQ(stats.retired_bytes, 0U);
  EXPECT_EQ(stats.allocation_count, 0U);
  for (unsigned index = 0; index < 4; ++index)
    EXPECT_EQ(rig.gpu->tag_bytes("thread" + std::to_string(index)), 0U);
  rig.expect_sums();
}

TEST(GpuThreads, BuffersEndWhileTheirAllocatorDoes) {
  for (int round = 0; round < 50; ++round) {
    ReportBook book;
    HostBackend device;
    {
      SmartAlloc host(reporting_to(book));
      Result<GpuAllocator> gpu = GpuAllocator::create(host, device);
      ASSERT_TRUE(gpu);
      std::vector<GpuBuffer> held;
      for (int i = 0; i < 50; ++i) held.push_back(*gpu->allocate({1000, Intent::HostVisible}));
      std::thread ends([late = std::move(held)]() mutable {
        for (GpuBuffer& buffer : late) {
          static_cast<void>(buffer.map());
          buffer = GpuBuffer();
        }
      });
      gpu = Error{};
      ends.join();
    }
    EXPECT_EQ(device.counters().live_allocations, 0U);
    EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
    for (const Code code : book.codes()) EXPECT_EQ(code, Code::FA007);
  }
}

TEST(GpuHandles, CopiesShareOneAllocator) {
  Rig rig;
  GpuAllocator copy = *rig.gpu;
  GpuAllocator moved = std::move(copy);
  const GpuBuffer buffer = *moved.allocate({1000, Intent::DeviceOnly});
  EXPECT_EQ(rig.gpu->stats().allocation_count, 1U);
  EXPECT_EQ(copy.stats().allocation_count, 0U);
  EXPECT_FALSE(copy.allocate({1000, Intent::DeviceOnly}));
  EXPECT_FALSE(copy.begin_gpu_frame());
  EXPECT_EQ(copy.heap_count(), 0U);
  copy = moved;
  EXPECT_EQ(copy.stats().allocation_count, 1U);
  EXPECT_EQ(&copy.backend(), &rig.device);
  EXPECT_TRUE(copy.host() == rig.host);
}

TEST(GpuTruth, TheHostsToolsSeeTheDevice) {
  Rig rig;
  const auto scope = rig.host.tag_scope("world");
  const GpuBuffer buffer = rig.buffer(kMiB);
  std::size_t total = 0;
  std::size_t reserved = 0;
  std::size_t tagged = 0;
  const auto look = [&](const auto& figures) {
    if constexpr (requires { figures.allocation_count; }) {
      total = figures.total_bytes;
      EXPECT_EQ(figures.persistent_bytes, kMiB);
    } else if constexpr (requires { figures.reserved; }) {
      reserved += figures.reserved;
    } else if (figures.tag == "world") {
      tagged = figures.bytes;
    }
  };
  rig.host.visit_devices(look);
  EXPECT_EQ(total, 16 * kMiB);
  EXPECT_EQ(reserved, total);
  EXPECT_EQ(tagged, kMiB);
}

TEST(GpuTruth, EventsAreTold) {
  Rig rig;
  std::vector<FrameEventKind> seen;
  std::vector<std::string> names;
  rig.host.enable_lifecycle_tracking();
  const Subscription subscription = rig.host.on_frame_event(
      [&](const FrameEvent& event) {
        seen.push_back(event.kind);
        if (event.kind == FrameEventKind::GpuAlloc || event.kind == FrameEventKind::GpuFree) {
          EXPECT_EQ(event.size, 1000U);
          names.emplace_back(event.name);
        }
      },
      events(FrameEventKind::GpuAlloc, FrameEventKind::GpuFree, FrameEventKind::GpuBlockAllocated,
             FrameEventKind::GpuFrameBegin, FrameEventKind::GpuFrameEnd));
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  {
    auto made = rig.gpu->allocate(GpuAllocRequirements(1000, Intent::DeviceOnly).with_name("mesh"));
    ASSERT_TRUE(made);
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(seen,
            (std::vector<FrameEventKind>{
                FrameEventKind::GpuFrameBegin, FrameEventKind::GpuBlockAllocated,
                FrameEventKind::GpuAlloc, FrameEventKind::GpuFree, FrameEventKind::GpuFrameEnd}));
  EXPECT_EQ(names, (std::vector<std::string>{"mesh", "mesh"}));
}

TEST(GpuResources, MemoryForWhatABackendHasMade) {
  Rig rig;
  DeviceNeeds needs;
  needs.size = 100 * kKiB;
  needs.alignment = 4096;
  needs.type_mask = 1;
  {
    auto memory = rig.gpu->allocate_resource(
        needs, OffsetKind::Optimal, GpuAllocRequirements(0, Intent::DeviceOnly).with_name("image"));
    ASSERT_TRUE(memory);
    EXPECT_TRUE(*memory);
    EXPECT_NE(memory->memory(), 0U);
    EXPECT_EQ(memory->offset() % 4096, 0U);
    EXPECT_GE(memory->size(), needs.size);
    EXPECT_EQ(memory->mapped(), nullptr);
    EXPECT_EQ(rig.gpu->stats().persistent_bytes, needs.size);
    EXPECT_EQ(rig.gpu->stats().allocation_count, 1U);
  }
  EXPECT_EQ(rig.gpu->stats().retired_bytes, needs.size);
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  needs.requires_dedicated = true;
  auto memory = rig.gpu->allocate_resource(needs, OffsetKind::Optimal,
                                           GpuAllocRequirements(0, Intent::DeviceOnly));
  ASSERT_TRUE(memory);
  EXPECT_EQ(rig.gpu->stats().dedicated_bytes, needs.size);
  needs.type_mask = 0;
  EXPECT_FALSE(rig.gpu->allocate_resource(needs, OffsetKind::Linear,
                                          GpuAllocRequirements(0, Intent::DeviceOnly)));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA418});
}

}  // namespace
}  // namespace framealloc::gpu::testing
