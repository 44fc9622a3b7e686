// SPDX-License-Identifier: MIT OR Apache-2.0
// Backends that lie: what the other tests expect of the allocator has to fail on them.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

enum class Lie : std::uint8_t { None, CompletesAFrameEarly, SkipsAFlush, HasRoomForOneMoreBlock };

// Passes everything on to a host backend, but for one lie.
class LyingBackend final : public GpuBackend {
 public:
  LyingBackend(HostBackend& device, Lie lie) : device_(device), lie_(lie) {}
  std::string_view name() const noexcept override { return device_.name(); }
  const GpuDeviceInfo& info() const noexcept override { return device_.info(); }
  DeviceStatus allocate_memory(const DeviceMemoryRequest& request,
                               DeviceMemory& memory) noexcept override {
    return device_.allocate_memory(request, memory);
  }
  void free_memory(const DeviceMemory& memory) noexcept override { device_.free_memory(memory); }
  DeviceNeeds needs_of(std::size_t size, BufferUsage usage) noexcept override {
    return device_.needs_of(size, usage);
  }
  DeviceStatus create_buffer(std::size_t size, BufferUsage usage,
                             DeviceBuffer& buffer) noexcept override {
    return device_.create_buffer(size, usage, buffer);
  }
  DeviceStatus bind_buffer(std::uint64_t buffer, const DeviceMemory& memory,
                           std::size_t offset) noexcept override {
    return device_.bind_buffer(buffer, memory, offset);
  }
  void destroy_buffer(std::uint64_t buffer) noexcept override { device_.destroy_buffer(buffer); }
  DeviceStatus flush(const DeviceMemory& memory, std::size_t offset,
                     std::size_t size) noexcept override {
    if (lie_ == Lie::SkipsAFlush && flushes_++ == 0) return DeviceStatus::Ok;
    return device_.flush(memory, offset, size);
  }
  DeviceStatus invalidate(const DeviceMemory& memory, std::size_t offset,
                          std::size_t size) noexcept override {
    return device_.invalidate(memory, offset, size);
  }
  void query_budgets(std::span<DeviceHeapBudget> heaps) noexcept override {
    if (meanwhile) meanwhile();
    device_.query_budgets(heaps);
    if (lie_ == Lie::HasRoomForOneMoreBlock) heaps[0].budget += device_.info().heaps[0].size / 16;
  }
  DeviceStatus submit(std::span<const CopyCommand> commands, std::uint64_t serial,
                      Ticket) noexcept override {
    return device_.submit(commands, serial);
  }
  DeviceStatus signal(std::uint64_t serial) noexcept override {
    const DeviceStatus status = device_.signal(serial);
    if (status == DeviceStatus::Ok) signaled_ = serial;
    return status;
  }
  std::uint64_t completed() noexcept override {
    const std::uint64_t truth = device_.completed();
    return lie_ == Lie::CompletesAFrameEarly ? std::max(truth, signaled_) : truth;
  }
  DeviceStatus wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept override {
    if (lie_ == Lie::CompletesAFrameEarly && serial <= signaled_) return DeviceStatus::Ok;
    return device_.wait(serial, timeout);
  }
  DeviceStatus wait_idle() noexcept override { return device_.wait_idle(); }

  std::function<void()> meanwhile;  // what others do while the budgets are asked for

 private:
  HostBackend& device_;
  Lie lie_;
  std::uint64_t signaled_ = 0;
  unsigned flushes_ = 0;
};

// Result: violations that the device counted while each frame filled its staging anew and copied
// it.
std::uint64_t violations_of_frames(Lie lie) {
  HostBackend device;
  device.set_completion(HostCompletion::Manual);
  LyingBackend lying(device, lie);
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  GpuConfig config;
  config.ring_page = 64 * kKiB;
  config.ring_size = 256 * kKiB;
  {
    Result<GpuAllocator> gpu = GpuAllocator::create(host, lying, config);
    EXPECT_TRUE(gpu);
    Result<GpuBuffer> target = gpu->allocate({64 * kKiB, Intent::DeviceOnly});
    EXPECT_TRUE(target);
    for (int frame = 0; frame < 20; ++frame) {
      EXPECT_TRUE(gpu->begin_gpu_frame());
      TransferBatch batch = gpu->begin_transfer();
      for (int i = 0; i < 4; ++i) {
        const GpuSlice slice = gpu->staging().alloc(60 * kKiB);
        EXPECT_TRUE(slice);
        if (!slice) return 0;
        std::memset(slice.data, frame * 4 + i + 1, slice.size);
        EXPECT_TRUE(batch.copy(slice, *target));
      }
      EXPECT_TRUE(batch.submit());
      EXPECT_TRUE(gpu->end_gpu_frame());
    }
    EXPECT_TRUE(gpu->wait_idle());
  }
  return device.counters().violations;
}

// Result: whether what the CPU wrote into memory that is not coherent reached the device.
bool upload_arrives(Lie lie) {
  HostBackendConfig config = HostBackendConfig::mobile();
  HostBackend device(config);
  LyingBackend lying(device, lie);
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  Result<GpuAllocator> gpu = GpuAllocator::create(host, lying);
  EXPECT_TRUE(gpu);
  Result<GpuBuffer> source = gpu->allocate({301, Intent::HostCached});
  Result<GpuBuffer> target = gpu->allocate({301, Intent::DeviceOnly});
  EXPECT_TRUE(source && target);
  const std::span<std::byte> bytes = source->map();
  std::memset(bytes.data(), 0x5a, bytes.size());
  TransferBatch batch = gpu->begin_transfer();
  EXPECT_TRUE(batch.copy(*source, *target));
  EXPECT_TRUE(batch.submit());
  return device.device_bytes(*target) == std::vector<std::byte>(301, std::byte{0x5a});
}

// Result: the most that the device held of a heap whose budget is 40 MiB, by its own count, when
// buffers were asked for until one was denied.
std::size_t most_held(Lie lie) {
  HostBackend device;
  device.set_budget(0, 40 * kMiB);
  LyingBackend lying(device, lie);
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  Result<GpuAllocator> gpu = GpuAllocator::create(host, lying);
  EXPECT_TRUE(gpu);
  EXPECT_TRUE(gpu->begin_gpu_frame());  // asks for the budgets
  std::vector<GpuBuffer> held;
  for (;;) {
    Result<GpuBuffer> buffer = gpu->allocate({kMiB, Intent::DeviceOnly});
    if (!buffer) break;
    held.push_back(*std::move(buffer));
  }
  EXPECT_EQ(book.codes(), std::vector<Code>{Code::FA417});
  EXPECT_TRUE(gpu->end_gpu_frame());
  return device.heap_peak_bytes(0);
}

// A backend on a queue of the program's cannot wait for what it has not submitted itself.
TEST(WaitIdle, KeepsWhatTheOpenFrameLetGoWhereSubmissionsAreNotSeen) {
  HostBackend device;
  LyingBackend lying(device, Lie::None);
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  Result<GpuAllocator> gpu = GpuAllocator::create(host, lying);
  ASSERT_TRUE(gpu);
  {
    const Result<GpuBuffer> before = gpu->allocate({4096, Intent::DeviceOnly});
  }
  ASSERT_TRUE(gpu->begin_gpu_frame());
  {
    const Result<GpuBuffer> gone = gpu->allocate({2048, Intent::DeviceOnly});
  }
  ASSERT_TRUE(gpu->wait_idle());
  EXPECT_EQ(gpu->stats().retired_bytes, 4096U + 2048U) << "both are of the first frame";
  ASSERT_TRUE(gpu->end_gpu_frame());
  ASSERT_TRUE(gpu->wait_idle());
  EXPECT_EQ(gpu->stats().retired_bytes, 0U);
}

TEST(Mutation, ABudgetExceededByABlockIsCaught) {
  EXPECT_LE(most_held(Lie::None), 40 * kMiB);
  EXPECT_GT(most_held(Lie::HasRoomForOneMoreBlock), 40 * kMiB);
}

TEST(Mutation, MemoryUsedAFrameEarlyIsCaught) {
  EXPECT_EQ(violations_of_frames(Lie::None), 0U);
  EXPECT_GT(violations_of_frames(Lie::CompletesAFrameEarly), 0U);
}

TEST(Mutation, AFlushThatIsSkippedIsCaught) {
  EXPECT_TRUE(upload_arrives(Lie::None));
  EXPECT_FALSE(upload_arrives(Lie::SkipsAFlush));
}

// No lie at all: another thread takes memory, or gives it back, while the frame asks for the budgets.
TEST(GpuBudget, WhatAnotherThreadDoesMeanwhileIsNotHeldByOthers) {
  HostBackend device;
  LyingBackend backend(device, Lie::None);
  ReportBook book;
  SmartAlloc host(reporting_to(book));
  {
    Result<GpuAllocator> gpu = GpuAllocator::create(host, backend);
    ASSERT_TRUE(gpu);
    const std::size_t budget = gpu->heap_budget(0).budget;
    std::optional<GpuBuffer> buffer;
    const auto on_another_thread = [](auto&& work) { std::thread(work).join(); };
    const auto expect_unchanged = [&](std::size_t external) {
      EXPECT_TRUE(gpu->begin_gpu_frame());
      EXPECT_TRUE(gpu->end_gpu_frame());
      EXPECT_EQ(gpu->heap_budget(0).external, external);
      EXPECT_EQ(gpu->heap_budget(0).budget, budget - external);
    };
    backend.meanwhile = [&] {
      on_another_thread([&] {
        Result<GpuBuffer> made = gpu->allocate({100 * kMiB, Intent::DeviceOnly});
        EXPECT_TRUE(made);
        if (made) buffer = *std::move(made);
      });
    };
    expect_unchanged(0);
    EXPECT_GE(gpu->heap_budget(0).reserved, 100 * kMiB);
    device.set_external_usage(0, 20 * kMiB);
    backend.meanwhile = nullptr;
    expect_unchanged(20 * kMiB);
    device.set_external_usage(0, 0);  // what others let go is room again
    expect_unchanged(0);
    device.set_external_usage(0, 20 * kMiB);
    expect_unchanged(20 * kMiB);
    backend.meanwhile = [&] {
      on_another_thread([&] {
        buffer.reset();
        EXPECT_TRUE(gpu->wait_idle());
        gpu->trim();
      });
    };
    expect_unchanged(20 * kMiB);
    EXPECT_EQ(gpu->heap_budget(0).reserved, 0U);
  }
  EXPECT_TRUE(book.codes().empty());
}

}  // namespace
}  // namespace framealloc::gpu::testing
