// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator on a host backend, and everything that it reports.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/config.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/host_backend.hpp>
#include <framealloc/report.hpp>
#include <framealloc/smart_alloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::gpu::testing {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;
inline constexpr std::size_t kBlock = 16 * kMiB;  // of the host backend's first heap

using Intent = GpuMemoryIntent;

// Of random programs. Six are enough for each kind of device to meet each way of completion, and for
// the sanitizers to see what the program does; the other builds run twelve.
inline constexpr std::uint32_t kSeeds = FRAMEALLOC_ASAN || FRAMEALLOC_TSAN ? 6 : 12;

// Rings that a test can fill.
inline GpuConfig small_rings() {
  GpuConfig config;
  config.ring_page = 64 * kKiB;
  config.ring_size = 256 * kKiB;
  return config;
}

// Effect: work() on a thread of its own, which is in another lane than the last one. Ends with it.
template <class Work>
void on_a_thread(Work&& work) {
  std::thread(std::forward<Work>(work)).join();
}

struct Told {
  Code code = Code::None;
  std::string message;
  std::string tag;
  std::string holder;
  std::size_t requested = 0;
  std::uint64_t frame = 0;
  std::uint32_t line = 0;
};

// What a host reports.
class ReportBook {
 public:
  static void take(const Report& report, void* context) {
    auto& book = *static_cast<ReportBook*>(context);
    const std::lock_guard<std::mutex> guard(book.mutex_);
    book.told_.push_back({report.code, std::string(report.message), std::string(report.tag),
                          std::string(report.holder), report.requested, report.frame,
                          report.site.line});
  }
  std::vector<Told> take_all() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return std::exchange(told_, {});
  }
  // Result: the codes since the last call, sorted.
  std::vector<Code> codes() {
    std::vector<Code> codes;
    for (const Told& told : take_all()) codes.push_back(told.code);
    std::sort(codes.begin(), codes.end());
    return codes;
  }

 private:
  std::mutex mutex_;
  std::vector<Told> told_;
};

inline AllocConfig reporting_to(ReportBook& book, MemorySource* upstream = nullptr) {
  AllocConfig config;
  config.on_report = &ReportBook::take;
  config.report_context = &book;
  config.upstream = upstream;
  return config;
}

struct Rig {
  explicit Rig(const HostBackendConfig& device_config = HostBackendConfig::discrete(),
               const GpuConfig& config = {})
      : device(device_config), host(reporting_to(book)) {
    Result<GpuAllocator> made = GpuAllocator::create(host, device, config);
    EXPECT_TRUE(made) << made.error().message.view();
    gpu.emplace(*std::move(made));
  }
  ~Rig() {
    gpu.reset();
    EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
    EXPECT_EQ(device.counters().live_allocations, 0U);
    for (const Told& told : book.take_all())
      ADD_FAILURE() << "not expected: " << code_info(told.code).id << " " << told.message;
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // Effect: a frame in which nothing happens.
  void frame() {
    ASSERT_TRUE(gpu->begin_gpu_frame());
    ASSERT_TRUE(gpu->end_gpu_frame());
  }
  void frames(int count) {
    for (int i = 0; i < count; ++i) frame();
  }
  GpuBuffer buffer(std::size_t size, GpuMemoryIntent intent = GpuMemoryIntent::DeviceOnly) {
    Result<GpuBuffer> made = gpu->allocate({size, intent});
    EXPECT_TRUE(made) << made.error().message.view();
    return made ? *std::move(made) : GpuBuffer();
  }
  // Expects the figures to add up.
  void expect_sums() const {
    const GpuAllocStats stats = gpu->stats();
    EXPECT_EQ(stats.total_bytes,
              stats.allocated_bytes + stats.padding_bytes + stats.retired_bytes + stats.free_bytes);
    EXPECT_EQ(stats.allocated_bytes, stats.transient_bytes + stats.persistent_bytes);
    std::size_t reserved = 0;
    std::size_t used = 0;
    for (unsigned heap = 0; heap < gpu->heap_count(); ++heap) {
      const GpuHeapBudget budget = gpu->heap_budget(heap);
      EXPECT_EQ(budget.reserved, device.heap_bytes(heap)) << "heap " << heap;
      reserved += budget.reserved;
      used += budget.used;
    }
    EXPECT_EQ(reserved, stats.total_bytes);
    EXPECT_EQ(used, stats.allocated_bytes);
  }

  ReportBook book;
  HostBackend device;
  SmartAlloc host;
  std::optional<GpuAllocator> gpu;
};

}  // namespace framealloc::gpu::testing
