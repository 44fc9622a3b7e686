// SPDX-License-Identifier: MIT OR Apache-2.0
// Where everything lies, as JSON and as a picture.
#include "allocator/device_dump.hpp"
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

TEST(GpuDump, ShowsEveryByteOnceAndAddsUp) {
  HostBackendConfig device = HostBackendConfig::mobile();
  device.non_coherent_atom = 256;
  GpuConfig config;
  config.ring_page = 64 * kKiB;
  config.ring_size = 256 * kKiB;
  Rig rig(device, config);
  rig.device.set_completion(HostCompletion::Manual);
  const auto scope = rig.host.tag_scope("world");
  std::vector<GpuBuffer> held;
  for (std::size_t i = 0; i < 30; ++i)
    held.push_back(rig.buffer(1000 + i * 333, static_cast<Intent>(i % 5)));
  held.push_back(rig.buffer(40 * kMiB));
  for (int frame = 0; frame < 2; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    for (std::size_t i = 0; i < 10; ++i)
      static_cast<void>(rig.gpu->staging().alloc(1000 + i * 2000));
    held.push_back(*rig.gpu->frame_alloc({3000, Intent::Readback, GpuLifetime::MultiFrame(3)}));
    held.erase(held.begin() + 3);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  }
  auto named =
      rig.gpu->allocate(GpuAllocRequirements(5000, Intent::DeviceOnly).with_name("the sky"));
  ASSERT_TRUE(named);

  const DeviceMap map = detail::DeviceDump(*detail::CoreAccess::core(*rig.gpu)).look();
  const GpuAllocStats stats = rig.gpu->stats();
  std::map<DeviceRegionState, std::size_t> bytes;
  std::size_t total = 0;
  std::size_t names = 0;
  std::map<DeviceBlockKind, int> kinds;
  for (const DeviceBlock& block : map.blocks) {
    std::uint64_t at = 0;
    for (const DeviceRegion& region : block.regions) {
      EXPECT_EQ(region.offset, at);
      EXPECT_GT(region.size, 0U);
      at += region.size;
      bytes[region.state] += region.size;
      if (region.state == DeviceRegionState::Used) {
        EXPECT_EQ(region.tag, "world");
      }
      if (region.name == "the sky") {
        ++names;
        EXPECT_EQ(region.size, 5000U);
        EXPECT_EQ(region.frame, 2U);
      }
    }
    EXPECT_EQ(at, block.size);
    total += block.size;
    ++kinds[block.kind];
  }
  EXPECT_EQ(total, stats.total_bytes);
  EXPECT_EQ(bytes[DeviceRegionState::Used], stats.allocated_bytes);
  EXPECT_EQ(bytes[DeviceRegionState::Retired], stats.retired_bytes);
  EXPECT_GT(stats.retired_bytes, 0U);
  EXPECT_EQ(names, 1U);
  EXPECT_EQ(kinds[DeviceBlockKind::Dedicated], 1);
  EXPECT_GE(kinds[DeviceBlockKind::Block], 2);
  EXPECT_GE(kinds[DeviceBlockKind::Ring], 2);
  EXPECT_EQ(map.heaps.size(), 1U);
  EXPECT_EQ(map.totals.total_bytes, stats.total_bytes);
  EXPECT_EQ(map.frame, 2U);

  const std::string json = rig.gpu->to_json();
  EXPECT_NE(json.find("\"the sky\""), std::string::npos);
  EXPECT_NE(json.find("\"staging\""), std::string::npos);
  EXPECT_NE(json.find("framealloc-gpu"), std::string::npos);
  EXPECT_NE(rig.gpu->to_svg().find("<svg"), std::string::npos);
  ASSERT_TRUE(rig.gpu->wait_idle());
}

TEST(GpuDump, FrameBuffersStandWhereTheyLieByName) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const auto frame_buffer = [&](std::size_t size, const char* name, GpuLifetime lifetime) {
    GpuAllocRequirements request(size, Intent::HostVisible, lifetime);
    return *rig.gpu->allocate(request.with_name(name).with_alignment(1024));
  };
  const GpuBuffer first = frame_buffer(100, "first", GpuLifetime::Frame);
  {
    const auto scope = rig.host.tag_scope("passing");
    const GpuBuffer gone = frame_buffer(300, "gone", GpuLifetime::Frame);
  }
  GpuBuffer second;
  rig.host.with_tag("world", [&] { second = frame_buffer(200, "second", GpuLifetime::Frame); });
  const GpuBuffer lasting = frame_buffer(50, "lasting", GpuLifetime::MultiFrame(3));
  const auto look = [&] { return detail::DeviceDump(*detail::CoreAccess::core(*rig.gpu)).look(); };
  const auto find = [](const DeviceMap& map, std::string_view name) {
    std::vector<DeviceRegion> found;
    for (const DeviceBlock& block : map.blocks) {
      std::uint64_t at = 0;
      for (const DeviceRegion& region : block.regions) {
        EXPECT_EQ(region.offset, std::exchange(at, region.offset + region.size));
        if (region.name == name) found.push_back(region);
      }
      EXPECT_EQ(at, block.size);
    }
    return found;
  };
  const auto bytes = [](const DeviceMap& map, DeviceRegionState state) {
    std::size_t sum = 0;
    for (const DeviceBlock& block : map.blocks)
      for (const DeviceRegion& region : block.regions)
        if (region.state == state) sum += region.size;
    return sum;
  };
  DeviceMap map = look();
  ASSERT_EQ(find(map, "second").size(), 1U);
  const DeviceRegion at = find(map, "second")[0];
  EXPECT_EQ(at.offset, second.offset());
  EXPECT_EQ(at.size, 200U);
  EXPECT_EQ(at.tag, "world");
  EXPECT_EQ(at.frame, 1U);
  EXPECT_EQ(at.state, DeviceRegionState::Used);
  ASSERT_EQ(find(map, "first").size(), 1U);
  ASSERT_EQ(find(map, "lasting").size(), 1U);
  EXPECT_EQ(find(map, "lasting")[0].lifetime, DeviceLifetime::MultiFrame);
  EXPECT_TRUE(find(map, "gone").empty());
  EXPECT_EQ(bytes(map, DeviceRegionState::Used), 650U);
  EXPECT_EQ(rig.gpu->stats().transient_bytes, 650U);
  EXPECT_NE(rig.gpu->to_json().find("\"lasting\""), std::string::npos);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  map = look();
  ASSERT_EQ(find(map, "second").size(), 1U);
  EXPECT_EQ(find(map, "second")[0].state, DeviceRegionState::Retired);
  EXPECT_EQ(bytes(map, DeviceRegionState::Retired), 600U);
  // The page is another frame's now: what is held of the one before is not in it.
  ASSERT_TRUE(rig.gpu->wait_idle());
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const GpuBuffer other = frame_buffer(1000, "other", GpuLifetime::Frame);
  map = look();
  EXPECT_TRUE(find(map, "second").empty());
  EXPECT_EQ(find(map, "other").size(), 1U);
  EXPECT_EQ(find(map, "lasting").size(), 1U);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuDump, AnEmptyAllocatorIsShownToo) {
  Rig rig;
  EXPECT_NE(rig.gpu->to_json().find("\"blocks\""), std::string::npos);
  EXPECT_NE(rig.gpu->to_svg().find("<svg"), std::string::npos);
  const GpuAllocator gone = std::move(*rig.gpu);
  EXPECT_TRUE(rig.gpu->to_json().empty());
}

}  // namespace
}  // namespace framealloc::gpu::testing
