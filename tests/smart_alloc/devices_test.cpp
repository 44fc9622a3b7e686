// SPDX-License-Identifier: MIT OR Apache-2.0
// Devices that modules register, and what an allocator shows of them.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/fake_device.hpp"

#include <memory>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::FakeDevice;
using testing::RegisteredDevice;

// Names of what a visit shows, in order.
std::vector<std::string> shown(const SmartAlloc& alloc) {
  std::vector<std::string> all;
  alloc.visit_devices([&all](const auto& figures) {
    using Figures = std::remove_cvref_t<decltype(figures)>;
    std::string name(figures.device);
    if constexpr (std::same_as<Figures, DeviceHeapFigures>) {
      name += " heap " + std::to_string(figures.heap);
    } else if constexpr (std::same_as<Figures, DeviceTagFigures>) {
      name += " tag " + std::string(figures.tag);
    }
    EXPECT_EQ(figures.domain, MemoryDomain::Device);
    all.push_back(std::move(name));
  });
  return all;
}

TEST(Devices, AreShownWithHeapsAndTagsInOrder) {
  SmartAlloc alloc(AllocConfig::minimal());
  EXPECT_TRUE(shown(alloc).empty());
  RegisteredDevice device(alloc, "A");
  ASSERT_TRUE(device);
  FakeDevice other("B");
  (void)other.add_heap(1 << 20, 0, 0);
  ASSERT_TRUE(alloc.add_device(other));
  EXPECT_EQ(shown(alloc),
            (std::vector<std::string>{"A", "A heap 0", "A heap 1", "A tag world::terrain",
                                      "A tag hud", "B", "B heap 0"}));
  EXPECT_TRUE(alloc.remove_device(other));
  EXPECT_FALSE(alloc.remove_device(other));
  EXPECT_EQ(shown(alloc).size(), 5U);
}

TEST(Devices, AVisitorIsShownWhatItTakes) {
  SmartAlloc alloc(AllocConfig::minimal());
  RegisteredDevice device(alloc);
  std::size_t reserved = 0;
  alloc.visit_devices([&](const DeviceHeapFigures& heap) { reserved += heap.reserved; });
  std::size_t total = 0;
  alloc.visit_devices([&](const DeviceFigures& figures) {
    total += figures.total_bytes;
    EXPECT_EQ(figures.total_bytes, figures.allocated_bytes + figures.padding_bytes +
                                       figures.retired_bytes + figures.free_bytes);
  });
  EXPECT_EQ(reserved, total);
  EXPECT_EQ(total, std::size_t{8} << 20);
}

TEST(Devices, TagsOfTheHostShowNoBytesOfADevice) {
  SmartAlloc alloc(AllocConfig::minimal());
  RegisteredDevice device(alloc);
  std::size_t rows = 0;
  alloc.visit_tags([&](const TagFigures& tag) {
    ++rows;
    EXPECT_EQ(tag.domain, MemoryDomain::Host);
    EXPECT_EQ(tag.current_bytes, 0U) << tag.tag;
  });
  EXPECT_EQ(rows, 4U);  // untagged, world, world::terrain, hud
}

TEST(Devices, HaveEightPlacesAndEachOne) {
  SmartAlloc alloc(AllocConfig::minimal());
  std::vector<std::unique_ptr<FakeDevice>> devices;
  for (int i = 0; i < 9; ++i) {
    devices.push_back(std::make_unique<FakeDevice>(std::to_string(i)));
    EXPECT_EQ(alloc.add_device(*devices.back()), i < 8) << i;
  }
  EXPECT_TRUE(alloc.remove_device(*devices[3]));
  EXPECT_FALSE(alloc.add_device(*devices[4])) << "it has a place";
  EXPECT_TRUE(alloc.add_device(*devices[8]));
  EXPECT_EQ(shown(alloc), (std::vector<std::string>{"0", "1", "2", "8", "4", "5", "6", "7"}));
}

TEST(Devices, MayGoWhileTheyAreShown) {
  SmartAlloc alloc(AllocConfig::minimal());
  FakeDevice first("first");
  FakeDevice second("second");
  ASSERT_TRUE(alloc.add_device(first));
  ASSERT_TRUE(alloc.add_device(second));
  std::vector<std::string> seen;
  alloc.visit_devices([&](const DeviceFigures& figures) {
    seen.emplace_back(figures.device);
    EXPECT_EQ(alloc.remove_device(first), seen.size() == 1);
    EXPECT_EQ(alloc.remove_device(second), seen.size() == 1);
  });
  EXPECT_EQ(seen, std::vector<std::string>{"first"});
}

TEST(Devices, OfNoAllocatorAreNone) {
  SmartAlloc none(AllocConfig{.frames_in_flight = 9, .on_report = [](const Report&, void*) {}});
  ASSERT_FALSE(none);
  FakeDevice device("lost");
  EXPECT_FALSE(none.add_device(device));
  EXPECT_FALSE(none.remove_device(device));
  EXPECT_TRUE(shown(none).empty());
}

}  // namespace
}  // namespace framealloc
