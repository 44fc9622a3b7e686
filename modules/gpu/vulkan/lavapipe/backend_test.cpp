// SPDX-License-Identifier: MIT OR Apache-2.0
// The backend by its own interface: memory, buffers, copies.
#include "lavapipe/host_buffer.hpp"
#include "lavapipe/rig.hpp"

#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace framealloc::gpu::vulkan_test {
namespace {

class Backend : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Lavapipe, Backend, ::testing::Bool(),
                         [](const auto& test) { return test.param ? "Timeline" : "Fences"; });

TEST_P(Backend, SaysWhatTheDeviceHas) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  const GpuDeviceInfo& info = rig.backend->info();
  EXPECT_EQ(rig.backend->name(), "Vulkan");
  EXPECT_EQ(info.name, rig.device->name);
  ASSERT_EQ(info.heaps.size(), 1U);
  EXPECT_TRUE(info.heaps[0].device_local);
  EXPECT_GT(info.heaps[0].size, 1U << 20);
  ASSERT_FALSE(info.types.empty());
  EXPECT_TRUE(info.types[0].host_visible && info.types[0].host_coherent);
  EXPECT_FALSE(info.discrete);
  EXPECT_GE(info.min_storage_alignment, 1U);
  EXPECT_GT(info.max_allocation_size, 1U << 20);
  std::array<DeviceHeapBudget, 1> budgets;
  rig.backend->query_budgets(budgets);
  EXPECT_FALSE(budgets[0].measured);  // not enabled
}

TEST_P(Backend, TakesADiscreteDeviceAsItIs) {
  Rig rig({.timeline = GetParam(), .discrete = true, .budget = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  const GpuDeviceInfo& info = rig.backend->info();
  ASSERT_EQ(info.heaps.size(), 3U);
  ASSERT_EQ(info.types.size(), 5U);
  EXPECT_TRUE(info.discrete);
  EXPECT_TRUE(info.reports_budget);
  EXPECT_EQ(info.non_coherent_atom, 64U);
  EXPECT_FALSE(info.types[0].host_visible);
  EXPECT_FALSE(info.types[4].host_coherent);

  DeviceMemory memory;
  ASSERT_EQ(rig.backend->allocate_memory({.type = 0, .size = 1 << 20}, memory), DeviceStatus::Ok);
  EXPECT_EQ(memory.mapped, nullptr);
  rig.probe->set_budget(0, 100 << 20);
  rig.probe->set_external(0, 5 << 20);
  std::array<DeviceHeapBudget, 4> budgets;  // of a heap more than there is
  rig.backend->query_budgets(budgets);
  EXPECT_TRUE(budgets[0].measured && budgets[1].measured && budgets[2].measured);
  EXPECT_EQ(budgets[0].budget, 100U << 20);
  EXPECT_EQ(budgets[0].usage, 6U << 20);
  EXPECT_FALSE(budgets[3].measured);
  rig.backend->free_memory(memory);

  ASSERT_EQ(rig.backend->allocate_memory({.type = 4, .size = 4096}, memory), DeviceStatus::Ok);
  ASSERT_NE(memory.mapped, nullptr);
  EXPECT_EQ(rig.backend->flush(memory, 64, 128), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->invalidate(memory, 0, 4096), DeviceStatus::Ok);
  rig.backend->free_memory(memory);
  EXPECT_EQ(rig.backend->allocate_memory({.type = 0, .size = 300 << 20}, memory),
            DeviceStatus::OutOfMemory);
}

TEST_P(Backend, RefusesUsagesThatTheDeviceLacks) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  EXPECT_NE(rig.backend->needs_of(1000, kCopied).type_mask, 0U);
  EXPECT_GE(rig.backend->needs_of(1000, kCopied).size, 1000U);
  EXPECT_EQ(rig.backend->needs_of(1000, kCopied | BufferUsage::DeviceAddress).type_mask, 0U);
  EXPECT_EQ(rig.backend->needs_of(1000, static_cast<BufferUsage>(0x4000'0000)).type_mask, 0U);
  EXPECT_EQ(rig.backend->needs_of(0, kCopied).type_mask, 0U);
  DeviceBuffer buffer;
  EXPECT_EQ(rig.backend->create_buffer(64, BufferUsage::None, buffer), DeviceStatus::Unsupported);
}

TEST_P(Backend, HasAddressesAndNamesWhereTheyAreEnabled) {
  Rig rig({.timeline = GetParam(), .addresses = true, .names = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  HostBuffer addressed(*rig.backend, 256, kCopied | BufferUsage::DeviceAddress);
  EXPECT_NE(rig.backend->device_address(addressed.buffer.handle), 0U);
  rig.backend->set_name(addressed.buffer.handle, "terrain of level 3");
}

// Random copies inside of three small buffers, so that nearly every one overlaps another: the
// result must be that of doing them one after another, and the layer must miss no barrier.
TEST_P(Backend, CopiesHappenAsIfOneAfterAnother) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  constexpr std::size_t kSize = 512;
  constexpr unsigned kSeed = 20261129;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937 random(kSeed);
  HostBuffer a(*rig.backend, kSize);
  HostBuffer b(*rig.backend, kSize);
  HostBuffer c(*rig.backend, kSize);
  HostBuffer* const buffers[] = {&a, &b, &c};
  std::array<std::array<std::byte, kSize>, 3> model{};
  std::uint64_t serial = 0;
  for (unsigned round = 0; round < 20; ++round) {
    for (unsigned i = 0; i < 3; ++i) {
      for (std::byte& byte : model[i]) byte = static_cast<std::byte>(random());
      std::memcpy(buffers[i]->memory.mapped, model[i].data(), kSize);
    }
    std::vector<CopyCommand> commands;
    for (unsigned n = 0; n < 150; ++n) {
      const auto from = static_cast<unsigned>(random() % 3);
      const auto to = static_cast<unsigned>((from + 1 + random() % 2) % 3);
      CopyCommand command = copy_of(*buffers[from], *buffers[to], 1 + random() % 60);
      command.src_offset = random() % (kSize - command.size);
      command.dst_offset = random() % (kSize - command.size);
      commands.push_back(command);
      std::memcpy(model[to].data() + command.dst_offset, model[from].data() + command.src_offset,
                  command.size);
    }
    ASSERT_EQ(rig.backend->submit(commands, ++serial), DeviceStatus::Ok);
    ASSERT_EQ(rig.backend->wait(serial, kForever), DeviceStatus::Ok);
    for (unsigned i = 0; i < 3; ++i) {
      EXPECT_EQ(std::memcmp(buffers[i]->memory.mapped, model[i].data(), kSize), 0)
          << "buffer " << i << " in round " << round;
    }
  }
}

TEST_P(Backend, AFailedAllocationIsAnAnswer) {
  Rig rig({.timeline = GetParam()});
  ASSERT_TRUE(rig.backend) << rig.error;
  rig.probe->fail_memory_at(2);
  DeviceMemory first;
  DeviceMemory second;
  DeviceMemory third;
  EXPECT_EQ(rig.backend->allocate_memory({.type = 0, .size = 4096}, first), DeviceStatus::Ok);
  EXPECT_EQ(rig.backend->allocate_memory({.type = 0, .size = 4096}, second),
            DeviceStatus::OutOfMemory);
  EXPECT_EQ(second.handle, 0U);
  EXPECT_EQ(rig.backend->allocate_memory({.type = 0, .size = 4096}, third), DeviceStatus::Ok);
  rig.backend->free_memory(first);
  rig.backend->free_memory(third);
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
