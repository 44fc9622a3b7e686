// SPDX-License-Identifier: MIT OR Apache-2.0
// What other threads see of transfers while the submission that carries them is under way.
#include "coordinator_rig.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::coordinator::testing {
namespace {

// A host backend that runs a function of the test's around the submission that ends a frame: before
// the queue has it, and after, when the allocator does not know yet.
class PausingBackend final : public gpu::GpuBackend {
 public:
  std::function<void()> before, after;
  gpu::HostBackend device;

  std::string_view name() const noexcept override { return device.name(); }
  const gpu::GpuDeviceInfo& info() const noexcept override { return device.info(); }
  gpu::DeviceStatus allocate_memory(const gpu::DeviceMemoryRequest& request,
                                    gpu::DeviceMemory& memory) noexcept override {
    return device.allocate_memory(request, memory);
  }
  void free_memory(const gpu::DeviceMemory& memory) noexcept override {
    device.free_memory(memory);
  }
  gpu::DeviceNeeds needs_of(std::size_t size, gpu::BufferUsage usage) noexcept override {
    return device.needs_of(size, usage);
  }
  gpu::DeviceStatus create_buffer(std::size_t size, gpu::BufferUsage usage,
                                  gpu::DeviceBuffer& buffer) noexcept override {
    return device.create_buffer(size, usage, buffer);
  }
  gpu::DeviceStatus bind_buffer(std::uint64_t buffer, const gpu::DeviceMemory& memory,
                                std::size_t offset) noexcept override {
    return device.bind_buffer(buffer, memory, offset);
  }
  void destroy_buffer(std::uint64_t buffer) noexcept override { device.destroy_buffer(buffer); }
  gpu::DeviceStatus flush(const gpu::DeviceMemory& memory, std::size_t offset,
                          std::size_t size) noexcept override {
    return device.flush(memory, offset, size);
  }
  gpu::DeviceStatus invalidate(const gpu::DeviceMemory& memory, std::size_t offset,
                               std::size_t size) noexcept override {
    return device.invalidate(memory, offset, size);
  }
  gpu::DeviceStatus submit(std::span<const gpu::CopyCommand> commands, std::uint64_t serial,
                           gpu::Ticket ticket) noexcept override {
    return device.submit(commands, serial, ticket);
  }
  gpu::DeviceStatus signal(std::uint64_t serial) noexcept override { return device.signal(serial); }
  bool ends_frames_with(std::span<const gpu::CopyCommand>) noexcept override { return true; }
  gpu::DeviceStatus submit_and_signal(std::span<const gpu::CopyCommand> commands,
                                      std::uint64_t serial) noexcept override {
    if (before) before();
    const gpu::DeviceStatus status = device.submit_and_signal(commands, serial);
    if (after) after();
    return status;
  }
  std::uint64_t completed() noexcept override { return device.completed(); }
  gpu::DeviceStatus wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept override {
    return device.wait(serial, timeout);
  }
  gpu::DeviceStatus wait_idle() noexcept override { return device.wait_idle(); }
};

// A frame of which the end brings bytes to the CPU, and another thread that looks for them while that
// end is under way.
struct Observed {
  Observed() {
    AllocConfig config;
    config.on_report = &ReportBook::take;
    config.report_context = &book;
    cpu.emplace(config);
    gpu.emplace(*gpu::GpuAllocator::create(*cpu, backend));
    unified.emplace(*cpu, *gpu);
    buffer = *unified->upload(std::span(bytes));
  }
  ~Observed() {
    buffer = UnifiedBuffer();
    unified.reset();
    gpu.reset();
    cpu.reset();
    EXPECT_EQ(backend.device.counters().violations, 0U) << backend.device.last_violation();
    book.expect({});
  }
  Observed(const Observed&) = delete;
  Observed& operator=(const Observed&) = delete;

  // Effect: a frame with the transfer.
  void frame() {
    ASSERT_TRUE(unified->begin_frame());
    ASSERT_TRUE(unified->transfer_to_cpu(buffer));
    ASSERT_TRUE(unified->end_frame());
    if (other.joinable()) other.join();
  }
  // Effect: `look` begins on another thread. Returns when it is over, or after a while in which it
  // would have been, if it did not wait for what the caller is in.
  void beside(std::function<void()> look) {
    other = std::thread([this, look = std::move(look)] {
      look();
      over = true;
    });
    for (int i = 0; i < 100 && !over; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  bool has_arrived() { return std::ranges::equal(buffer.cpu_slice(), bytes); }

  const std::vector<std::byte> bytes = pattern(500, 3);
  ReportBook book;
  PausingBackend backend;
  std::optional<SmartAlloc> cpu;
  std::optional<gpu::GpuAllocator> gpu;
  std::optional<UnifiedAllocator> unified;
  UnifiedBuffer buffer;
  std::thread other;
  std::atomic<bool> over{false};
};

// The device is faster than the thread that has submitted to it.
TEST(UnifiedCompletion, WhatIsCompleteHasArrivedForEveryThread) {
  Observed at;
  bool complete = false, arrived = false;
  at.backend.after = [&] {
    at.beside([&] {
      complete = at.gpu->is_complete(at.buffer.last_transfer());
      arrived = at.has_arrived();
    });
  };
  at.frame();
  EXPECT_TRUE(complete);
  EXPECT_TRUE(arrived);
}

// A thread waits for a transfer that the end of the frame is about to give to the queue.
TEST(UnifiedCompletion, AWaitDuringTheEndOfAFrameIsForItsTransfersToo) {
  Observed at;
  bool waited = false, arrived = false;
  at.backend.before = [&] {
    at.beside([&] {
      waited = at.unified->wait(at.buffer.last_transfer()).has_value();
      arrived = at.has_arrived();
    });
  };
  at.frame();
  EXPECT_TRUE(waited);
  EXPECT_TRUE(arrived);
}

// begin_frame() runs handlers of the program when the frame of the GPU is open, and that of the
// coordinator is about to be.
TEST(UnifiedCompletion, AHandlerMayTransferWhileAFrameBegins) {
  Rig rig;
  const std::vector<std::byte> bytes = pattern(500, 3);
  struct Context {
    Rig& rig;
    std::span<const std::byte> bytes;
    UnifiedBuffer made;
  } context{rig, bytes, *rig.unified->upload(std::span(bytes))};
  ASSERT_TRUE(rig.unified->submit_transfers());
  rig.gpu->on_pressure(
      [](const gpu::GpuPressureEvent&, void* in) {
        Context& at = *static_cast<Context*>(in);
        auto made = at.rig.unified->upload(at.bytes);
        EXPECT_TRUE(made);
        if (made) at.made = *std::move(made);
      },
      &context);
  rig.gpu->set_heap_limit(0, rig.gpu->heap_budget(0).reserved);  // above 90 % of it
  rig.begin();
  rig.gpu->on_pressure(nullptr);
  EXPECT_LE(context.made.last_transfer(), rig.gpu->frame_end());
  EXPECT_TRUE(rig.unified->wait(context.made.last_transfer()));
  EXPECT_EQ(rig.device.device_bytes(*context.made.gpu_buffer()), bytes);
  rig.finish();
}

}  // namespace
}  // namespace framealloc::coordinator::testing
