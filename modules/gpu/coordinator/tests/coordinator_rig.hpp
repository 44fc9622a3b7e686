// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocators on a host backend under one roof, and everything that they report.
#pragma once

#include <framealloc/config.hpp>
#include <framealloc/coordinator.hpp>
#include <framealloc/gpu/host_backend.hpp>
#include <framealloc/report.hpp>
#include <framealloc/smart_alloc.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace framealloc::coordinator::testing {

inline constexpr std::size_t kKiB = 1024;
inline constexpr std::size_t kMiB = 1024 * kKiB;

// What was reported, on any thread.
class ReportBook {
 public:
  struct Entry {
    Code code = Code::None;
    std::string message;
    std::uint32_t line = 0;
  };
  static void take(const Report& report, void* context) {
    auto& book = *static_cast<ReportBook*>(context);
    const std::lock_guard held(book.mutex_);
    book.entries_.push_back({report.code, std::string(report.message), report.site.line});
  }
  std::vector<Entry> take_all() {
    const std::lock_guard held(mutex_);
    return std::exchange(entries_, {});
  }
  // Expects that exactly this was reported since the last call.
  void expect(const std::vector<Code>& codes) {
    std::vector<Code> told;
    std::string text;
    for (const Entry& entry : take_all()) {
      told.push_back(entry.code);
      text += std::string(code_info(entry.code).id) + ": " + entry.message + "\n";
    }
    EXPECT_EQ(told, codes) << text;
  }

 private:
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

struct Rig {
  explicit Rig(const UnifiedLimits* limits = nullptr,
               const gpu::HostBackendConfig& device_config = gpu::HostBackendConfig::discrete(),
               const gpu::GpuConfig& config = {})
      : device(device_config) {
    if (limits != nullptr) budget.emplace(*limits);
    AllocConfig cpu_config;
    cpu_config.on_report = &ReportBook::take;
    cpu_config.report_context = &book;
    if (budget) cpu_config.upstream = &budget->cpu_source();
    cpu.emplace(cpu_config);
    Result<gpu::GpuAllocator> made = gpu::GpuAllocator::create(*cpu, device, config);
    EXPECT_TRUE(made) << made.error().message.view();
    if (!made) return;
    gpu.emplace(*std::move(made));
    unified.emplace(*cpu, *gpu, budget ? &*budget : nullptr);
  }
  ~Rig() {
    end();
    EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
    EXPECT_EQ(device.counters().live_allocations, 0U);
    book.expect({});
  }
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  // Effect: all allocators end.
  void end() {
    unified.reset();
    gpu.reset();
    cpu.reset();
    if (!budget) return;
    EXPECT_EQ(budget->cpu_usage(), 0U);
    EXPECT_EQ(budget->gpu_usage(), 0U);
    EXPECT_EQ(budget->combined_utilization(), 0.0);
  }
  void begin() { ASSERT_TRUE(unified->begin_frame()); }
  gpu::Ticket finish() {
    const Result<gpu::Ticket> ticket = unified->end_frame();
    EXPECT_TRUE(ticket) << ticket.error().message.view();
    return ticket ? *ticket : gpu::Ticket();
  }

  ReportBook book;
  gpu::HostBackend device;
  std::optional<UnifiedBudgetManager> budget;
  std::optional<SmartAlloc> cpu;
  std::optional<gpu::GpuAllocator> gpu;
  std::optional<UnifiedAllocator> unified;
};

inline std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::byte>((i * 31 + seed * 17 + i / 251) & 0xFF);
  return bytes;
}

}  // namespace framealloc::coordinator::testing
