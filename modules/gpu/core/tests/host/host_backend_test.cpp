// SPDX-License-Identifier: MIT OR Apache-2.0
// The host backend through the interface that the allocator sees.
#include "host_rig.hpp"

#include "host/host_device.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::gpu {
namespace {

using namespace std::chrono_literals;
class HostBackendTest : public HostRig {};

TEST_F(HostBackendTest, PresentsTheDiscreteDeviceOfTheContract) {
  const GpuDeviceInfo& info = device.info();
  ASSERT_EQ(info.heaps.size(), 3U);
  EXPECT_EQ(info.heaps[0].size, std::size_t{256} << 20);
  EXPECT_EQ(info.heaps[1].size, std::size_t{512} << 20);
  EXPECT_EQ(info.heaps[2].size, std::size_t{16} << 20);
  EXPECT_TRUE(info.heaps[0].device_local && !info.heaps[1].device_local &&
              info.heaps[2].device_local);
  ASSERT_EQ(info.types.size(), 5U);
  EXPECT_FALSE(info.types[0].host_visible);
  EXPECT_TRUE(info.types[1].host_coherent && !info.types[1].host_cached);
  EXPECT_TRUE(info.types[2].host_coherent && info.types[2].host_cached);
  EXPECT_TRUE(info.types[3].device_local && info.types[3].host_visible);
  EXPECT_TRUE(info.types[4].host_cached && !info.types[4].host_coherent);
  EXPECT_TRUE(info.discrete);
  EXPECT_FALSE(HostBackend(HostBackendConfig::integrated()).info().discrete);
  EXPECT_FALSE(HostBackend(HostBackendConfig::mobile()).info().discrete);
}

TEST_F(HostBackendTest, IntegratedAndMobileDevicesHaveOneHeap) {
  for (const HostBackendConfig& config :
       {HostBackendConfig::integrated(), HostBackendConfig::mobile()}) {
    ASSERT_EQ(config.heaps.size(), 1U);
    EXPECT_EQ(config.heaps[0].size, std::size_t{512} << 20);
    EXPECT_TRUE(config.heaps[0].device_local);
  }
  for (const GpuMemoryTypeInfo& type : HostBackendConfig::integrated().types) {
    EXPECT_TRUE(type.host_visible && type.host_coherent);
  }
  bool cached = false;
  for (const GpuMemoryTypeInfo& type : HostBackendConfig::mobile().types) {
    if (!type.host_cached) continue;
    cached = true;
    EXPECT_FALSE(type.host_coherent);
  }
  EXPECT_TRUE(cached);
}

TEST_F(HostBackendTest, LimitedSupportTakesVisibleMemoryForUploadsOnly) {
  HostBackend limited(HostBackendConfig::with_limited_support());
  EXPECT_EQ(limited.needs_of(64, BufferUsage::TransferSrc).type_mask, 3U);
  EXPECT_EQ(limited.needs_of(64, BufferUsage::TransferDst).type_mask, 1U);
  EXPECT_EQ(limited.needs_of(64, implied_usage(GpuMemoryIntent::HostVisible)).type_mask, 1U);
}

TEST_F(HostBackendTest, AlignsBuffersAsTheirUsageAsks) {
  EXPECT_EQ(device.needs_of(10, kCopies).alignment, 16U);
  EXPECT_EQ(device.needs_of(10, kCopies).size, 16U);
  EXPECT_EQ(device.needs_of(10, BufferUsage::UniformBuffer).alignment, 256U);
  EXPECT_EQ(device.needs_of(SIZE_MAX, kCopies).size, SIZE_MAX);
}

TEST_F(HostBackendTest, CopiesInTheOrderOfTheQueue) {
  const Bound from = make(64, kCoherent), middle = make(64, kLocal), to = make(64, kCoherent);
  std::memset(from.memory.mapped, 7, 64);
  EXPECT_EQ(copy(from, middle, 64, 1), DeviceStatus::Ok);
  EXPECT_EQ(copy(middle, to, 32, 2, 0, 16), DeviceStatus::Ok);
  EXPECT_EQ(device.completed(), 2U);
  EXPECT_EQ(to.memory.mapped[15], byte(0));
  EXPECT_EQ(to.memory.mapped[16], byte(7));
  EXPECT_EQ(to.memory.mapped[47], byte(7));
  EXPECT_EQ(to.memory.mapped[48], byte(0));
  EXPECT_EQ(device.counters().copies, 2U);
  EXPECT_EQ(device.counters().submissions, 2U);
  EXPECT_EQ(device.counters().violations, 0U);
  for (const Bound& each : {from, middle, to}) end(each);
}

TEST_F(HostBackendTest, ManualCompletionCopiesWhenSomebodyAsks) {
  device.set_completion(HostCompletion::Manual);
  const Bound from = make(64, kCoherent), to = make(64, kCoherent);
  from.memory.mapped[0] = byte(1);
  ASSERT_EQ(copy(from, to, 64, 10), DeviceStatus::Ok);
  ASSERT_EQ(device.signal(11), DeviceStatus::Ok);
  ASSERT_EQ(device.signal(12), DeviceStatus::Ok);
  EXPECT_EQ(device.pending(), 3U);
  EXPECT_EQ(device.completed(), 0U);
  EXPECT_EQ(to.memory.mapped[0], byte(0));
  EXPECT_EQ(device.wait(11, 0ns), DeviceStatus::Timeout);
  EXPECT_EQ(device.wait(13, std::chrono::nanoseconds::max()), DeviceStatus::Failed);
  EXPECT_EQ(device.wait(11, std::chrono::nanoseconds::max()), DeviceStatus::Ok);
  EXPECT_EQ(device.completed(), 11U);
  EXPECT_EQ(to.memory.mapped[0], byte(1));
  EXPECT_EQ(device.pending(), 1U);
  device.complete();
  EXPECT_EQ(device.completed(), 12U);
  EXPECT_EQ(device.pending(), 0U);
  end(from);
  end(to);
  EXPECT_EQ(device.counters().violations, 0U);
}

TEST_F(HostBackendTest, NonCoherentMemoryHasTwoSides) {
  const Bound from = make(256, kNonCoherent), to = make(256, kNonCoherent);
  from.memory.mapped[0] = byte(1);
  from.memory.mapped[64] = byte(2);
  ASSERT_EQ(device.flush(from.memory, 0, 64), DeviceStatus::Ok);
  ASSERT_EQ(copy(from, to, 128, 1), DeviceStatus::Ok);
  EXPECT_EQ(to.memory.mapped[0], byte(0)) << "nobody has invalidated";
  ASSERT_EQ(device.invalidate(to.memory, 0, 128), DeviceStatus::Ok);
  EXPECT_EQ(to.memory.mapped[0], byte(1));
  EXPECT_EQ(to.memory.mapped[64], byte(0)) << "it was not flushed";
  from.memory.mapped[65] = byte(3);
  ASSERT_EQ(device.invalidate(from.memory, 64, 64), DeviceStatus::Ok);
  EXPECT_EQ(from.memory.mapped[64], byte(0)) << "an invalidate discards what was not flushed";
  EXPECT_EQ(from.memory.mapped[65], byte(0));
  EXPECT_EQ(device.counters().flushes, 1U);
  EXPECT_EQ(device.counters().invalidates, 2U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(from.memory.mapped) % 65536, 0U);
  end(from);
  end(to);
  EXPECT_EQ(device.counters().violations, 0U);
}

// dispatch() of HostBackend takes a GpuBuffer, which needs an allocator; this is what it calls.
TEST(HostDeviceTest, KernelsRunInTheOrderOfTheQueue) {
  detail::HostDevice device(HostBackendConfig::discrete());
  device.set_completion(HostCompletion::Manual);
  std::array<DeviceBuffer, 2> buffers;
  std::array<DeviceMemory, 2> memory;
  DeviceMemoryRequest request;
  request.type = kNonCoherent;
  request.size = 65536;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    ASSERT_EQ(device.create_buffer(64, kCopies, buffers[i]), DeviceStatus::Ok);
    ASSERT_EQ(device.allocate_memory(request, memory[i]), DeviceStatus::Ok);
    ASSERT_EQ(device.bind_buffer(buffers[i].handle, memory[i], 0), DeviceStatus::Ok);
  }
  memory[0].mapped[8] = byte(5);
  ASSERT_EQ(device.flush(memory[0], 0, 64), DeviceStatus::Ok);
  CopyCommand command;
  command.src = buffers[0].handle;
  command.dst = buffers[1].handle;
  command.size = 64;
  const auto twice = [](std::span<std::byte> bytes, void* context) {
    *static_cast<std::size_t*>(context) += bytes.size();
    for (std::byte& each : bytes) each = static_cast<std::byte>(2 * std::to_integer<int>(each));
  };
  std::size_t seen = 0;
  ASSERT_EQ(device.submit({&command, 1}, 1), DeviceStatus::Ok);
  device.dispatch(buffers[1].handle, 8, 16, twice, &seen);
  device.dispatch(buffers[1].handle, 8, 16, twice, &seen);
  std::swap(command.src, command.dst);
  ASSERT_EQ(device.submit({&command, 1}, 2), DeviceStatus::Ok);
  EXPECT_EQ(device.pending(), 4U);
  EXPECT_EQ(device.counters().submissions, 2U);
  EXPECT_EQ(seen, 0U);
  ASSERT_EQ(device.wait(2, std::chrono::nanoseconds::max()), DeviceStatus::Ok);
  EXPECT_EQ(seen, 32U);
  EXPECT_EQ(memory[0].mapped[8], byte(5)) << "nobody has invalidated";
  ASSERT_EQ(device.invalidate(memory[0], 0, 64), DeviceStatus::Ok);
  EXPECT_EQ(memory[0].mapped[8], byte(20));
  std::array<std::byte, 2> shown{};
  device.read_device(buffers[1].handle, 8, shown);
  EXPECT_EQ(shown[0], byte(20));
  device.dispatch(buffers[1].handle, 60, 8, twice, &seen);
  EXPECT_EQ(device.counters().violations, 1U);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    device.destroy_buffer(buffers[i].handle);
    device.free_memory(memory[i]);
  }
}

TEST_F(HostBackendTest, CountsBytesByHeapAndTheirMost) {
  const Bound made = make(65536, kWindow);
  EXPECT_EQ(device.heap_bytes(2), 65536U);
  end(made);
  EXPECT_EQ(device.heap_bytes(2), 0U);
  EXPECT_EQ(device.heap_peak_bytes(2), 65536U);
  EXPECT_EQ(device.heap_bytes(7), 0U);
}

TEST_F(HostBackendTest, SaysWhatTheSystemSaysOfABudget) {
  std::array<DeviceHeapBudget, 4> budgets;  // of a heap more than there is
  device.query_budgets(budgets);
  EXPECT_TRUE(budgets[1].measured);
  EXPECT_EQ(budgets[1].budget, std::size_t{512} << 20);
  EXPECT_EQ(budgets[1].usage, 0U);
  device.set_budget(1, 1000);
  device.set_external_usage(1, 300);
  device.query_budgets(budgets);
  EXPECT_EQ(budgets[1].budget, 1000U);
  EXPECT_EQ(budgets[1].usage, 300U);
  EXPECT_FALSE(budgets[3].measured);
  HostBackendConfig silent = HostBackendConfig::discrete();
  silent.reports_budget = false;
  std::array<DeviceHeapBudget, 3> unknown;
  HostBackend(silent).query_budgets(unknown);
  EXPECT_FALSE(unknown[0].measured);
}

TEST_F(HostBackendTest, FailsWhenAskedTo) {
  DeviceMemoryRequest request;
  request.type = kCoherent;
  request.size = 64;
  DeviceMemory memory;
  device.fail_memory_at(2);
  std::vector<DeviceMemory> held;
  const auto allocate = [&] {
    const DeviceStatus status = device.allocate_memory(request, memory);
    if (status == DeviceStatus::Ok) held.push_back(memory);
    return status;
  };
  EXPECT_EQ(allocate(), DeviceStatus::Ok);
  EXPECT_EQ(allocate(), DeviceStatus::OutOfMemory);
  EXPECT_EQ(allocate(), DeviceStatus::Ok);
  device.fail_memory_at(1, true);
  EXPECT_EQ(allocate(), DeviceStatus::OutOfMemory);
  EXPECT_EQ(allocate(), DeviceStatus::OutOfMemory);
  device.fail_memory_at(0);
  EXPECT_EQ(allocate(), DeviceStatus::Ok);
  device.fail_submit_at(2);
  EXPECT_EQ(device.signal(1), DeviceStatus::Ok);
  EXPECT_EQ(device.signal(2), DeviceStatus::Failed);
  EXPECT_EQ(device.completed(), 1U);
  EXPECT_EQ(device.signal(2), DeviceStatus::Ok);
  for (const DeviceMemory& each : held) device.free_memory(each);
  EXPECT_EQ(device.counters().violations, 0U);
}

TEST_F(HostBackendTest, ALostDeviceAnswersLostAndLetsGo) {
  device.set_completion(HostCompletion::Manual);
  const Bound from = make(64, kCoherent), to = make(64, kCoherent);
  ASSERT_EQ(copy(from, to, 64, 1), DeviceStatus::Ok);
  device.lose_device();
  EXPECT_EQ(device.completed(), 0U);
  EXPECT_EQ(device.wait(1, std::chrono::nanoseconds::max()), DeviceStatus::Lost);
  EXPECT_EQ(device.wait_idle(), DeviceStatus::Lost);
  EXPECT_EQ(device.signal(2), DeviceStatus::Lost);
  DeviceMemory memory;
  DeviceMemoryRequest request;
  request.type = kCoherent;
  request.size = 64;
  EXPECT_EQ(device.allocate_memory(request, memory), DeviceStatus::Lost);
  end(from);
  end(to);
  EXPECT_EQ(device.counters().violations, 0U);
  EXPECT_EQ(device.heap_bytes(1), 0U);
}

TEST_F(HostBackendTest, ThreadsMakeMemoryAndBuffersWhileTheQueueRuns) {
  device.set_completion(HostCompletion::Manual);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 3; ++thread) {
    threads.emplace_back([this] {
      for (unsigned round = 0; round < 200; ++round) {
        const Bound made = make(256, kNonCoherent);
        made.memory.mapped[0] = byte(round);
        EXPECT_EQ(device.flush(made.memory, 0, 64), DeviceStatus::Ok);
        (void)device.completed();
        end(made);
      }
    });
  }
  const Bound from = make(64, kCoherent), to = make(64, kLocal);
  for (std::uint64_t serial = 1; serial <= 200; ++serial) {
    ASSERT_EQ(copy(from, to, 64, serial), DeviceStatus::Ok);
    if (serial % 7 == 0) device.complete();
  }
  for (std::thread& thread : threads) thread.join();
  device.complete();
  end(from);
  end(to);
  EXPECT_EQ(device.counters().violations, 0U) << device.last_violation();
  EXPECT_EQ(device.counters().live_allocations, 0U);
}

}  // namespace
}  // namespace framealloc::gpu
