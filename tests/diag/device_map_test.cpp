// SPDX-License-Identifier: MIT OR Apache-2.0
// Maps of a device's memory as JSON and as pictures. Their schema is tested in tests/schema.
#include <framealloc/device_map.hpp>

#include <gtest/gtest.h>

#include "../tools/test_support/json_reader.hpp"
#include "support/device_maps.hpp"
#include "support/xml_check.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::DeviceMapMaker;
using testing::XmlCheck;
using testing::XmlElement;

constexpr double kLeft = 24, kRight = 1176;  // of what is drawn

DeviceBlock block_of(std::uint64_t size, std::vector<DeviceRegion> regions = {}) {
  DeviceBlock block;
  block.size = size;
  block.regions = std::move(regions);
  return block;
}
DeviceRegion region_at(std::uint64_t offset, std::uint64_t size, DeviceRegionState state,
                       std::string tag = {}, std::string name = {}) {
  DeviceRegion region;
  region.offset = offset;
  region.size = size;
  region.state = state;
  region.tag = std::move(tag);
  region.name = std::move(name);
  return region;
}
bool is_bar(const XmlElement& element) {
  return element.name == "rect" && element.number("height") == 24 &&
         (element.has_class("fa-block") || element.has_class("fa-ring") ||
          element.has_class("fa-dedicated"));
}
std::vector<XmlElement> bars_of(const XmlCheck& xml) {
  std::vector<XmlElement> bars;
  std::ranges::copy_if(xml.elements(), std::back_inserter(bars), is_bar);
  return bars;
}
bool shows(const XmlCheck& xml, std::string_view text) {
  for (const std::string& one : xml.texts("text")) {
    if (one.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(DeviceMap, IsWrittenWithEveryKey) {
  DeviceMap map = DeviceMapMaker::make(20);
  const auto json = fa_test::JsonReader::read(map.to_json());
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("format")->text, "framealloc-gpu");
  EXPECT_EQ(json->at("version")->number, 1);
  EXPECT_EQ(json->at("device")->text, map.device);
  EXPECT_EQ(json->at("blocks")->items.size(), 20U);
  const auto& ring = json->at("blocks")->items[3];
  EXPECT_EQ(ring.at("kind")->text, "ring");
  EXPECT_EQ(ring.at("lifetime")->text, "frame");
  EXPECT_EQ(ring.at("intent")->text, "staging");
  EXPECT_EQ(ring.at("regions")->items[0].at("offset")->number, 0);
  EXPECT_EQ(json->at("totals.total_bytes")->number, static_cast<double>(map.totals.total_bytes));
  map.blocks[3].intent.clear();
  const auto without = fa_test::JsonReader::read(map.to_json());
  EXPECT_EQ(without->at("blocks")->items[3].at("intent")->kind, fa_test::Json::Kind::Null);
}

TEST(DeviceMap, MadeUpOnesAddUp) {
  for (const std::size_t blocks : {0U, 1U, 20U, 200U}) {
    const DeviceMap map = DeviceMapMaker::make(blocks);
    const DeviceFigures& all = map.totals;
    EXPECT_EQ(all.total_bytes,
              all.allocated_bytes + all.padding_bytes + all.retired_bytes + all.free_bytes);
    std::uint64_t reserved = 0, tags = 0;
    for (const DeviceHeapFigures& heap : map.heaps) reserved += heap.reserved;
    for (const DeviceMapTag& tag : map.tags) tags += tag.bytes;
    EXPECT_EQ(reserved, all.total_bytes);
    EXPECT_EQ(tags, all.allocated_bytes);
  }
}

TEST(DevicePicture, EveryBlockIsDrawnToScaleWithinThePage) {
  for (const std::size_t blocks : {1U, 20U, 200U}) {
    SCOPED_TRACE(blocks);
    const DeviceMap map = DeviceMapMaker::make(blocks);
    const std::string svg = map.to_svg();
    const XmlCheck xml(svg);
    ASSERT_EQ(xml.fault(), "");
    const double height = xml.elements()[0].number("height");
    EXPECT_LT(height, blocks == 200 ? 2600 : 1400) << "readable without endless scrolling";
    const std::vector<XmlElement> bars = bars_of(xml);
    ASSERT_EQ(bars.size(), blocks);
    double widest = 0;
    for (const XmlElement& bar : bars) {
      EXPECT_GE(bar.number("x"), kLeft);
      EXPECT_LE(bar.number("x") + bar.number("width"), kRight + 0.1);
      EXPECT_LE(bar.number("y") + bar.number("height"), height);
      EXPECT_GE(bar.number("width"), 4.0) << "seen however small";
      widest = std::max(widest, bar.number("width"));
    }
    // Bars of one heap overlap nowhere, and are as wide as they are large.
    std::vector<const DeviceBlock*> drawn;
    for (const unsigned heap : {0U, 1U}) {
      for (const DeviceBlock& block : map.blocks) {
        if (block.heap == heap) drawn.push_back(&block);
      }
    }
    for (std::size_t i = 0; i + 1 < bars.size(); ++i) {
      const XmlElement& a = bars[i];
      const XmlElement& b = bars[i + 1];
      EXPECT_TRUE(b.number("y") > a.number("y") ||
                  b.number("x") >= a.number("x") + a.number("width"));
      if (drawn[i]->heap != drawn[i + 1]->heap || drawn[i]->size < 1'000'000 ||
          drawn[i + 1]->size < 1'000'000) {
        continue;
      }
      const double expected =
          static_cast<double>(drawn[i]->size) / static_cast<double>(drawn[i + 1]->size);
      EXPECT_NEAR(a.number("width") / b.number("width"), expected, 0.02 * expected) << i;
    }
    EXPECT_TRUE(shows(xml, "Memory of Fake GPU 9000, frame 4711"));
    EXPECT_TRUE(shows(xml, "Heap 0"));
    EXPECT_TRUE(shows(xml, "3 denied"));
    EXPECT_TRUE(shows(xml, "limit 4 GiB"));
  }
}

TEST(DevicePicture, RegionsLieWhereTheyAre) {
  DeviceMap map;
  map.blocks.push_back(block_of(1152, {region_at(0, 100, DeviceRegionState::Used, "a", "first"),
                                       region_at(100, 200, DeviceRegionState::Free),
                                       region_at(300, 50, DeviceRegionState::Padding),
                                       region_at(350, 802, DeviceRegionState::Retired, "b")}));
  map.blocks[0].regions[3].lifetime = DeviceLifetime::Frame;
  const XmlCheck xml(map.to_svg());
  ASSERT_EQ(xml.fault(), "");
  // The block is as wide as the page: a byte is a pixel. The others of each class are the legend's.
  const auto find = [&xml](std::string_view name) {
    XmlElement found;
    for (const XmlElement* const one : xml.of_class(name)) {
      if (one->number("height") == 24) found = *one;
    }
    return found;
  };
  EXPECT_EQ(find("fa-pad").number("x"), kLeft + 300);
  EXPECT_EQ(find("fa-pad").number("width"), 50);
  EXPECT_EQ(find("fa-c1").number("x"), kLeft) << "a holds less than b";
  EXPECT_EQ(find("fa-c1").number("width"), 100);
  EXPECT_EQ(find("fa-c0").number("x"), kLeft + 350);
  EXPECT_TRUE(find("fa-c0").has_class("fa-retired"));
  EXPECT_EQ(find("fa-frame").number("width"), 802) << "hatched by lifetime";
  EXPECT_TRUE(shows(xml, "first"));
  EXPECT_TRUE(shows(xml, "a 100 B") || shows(xml, "a  100 B"));
  bool hinted = false;
  for (const std::string& hint : xml.texts("title")) {
    hinted |= hint.find("at 350") != std::string::npos && hint.find("retired") != std::string::npos;
  }
  EXPECT_TRUE(hinted);
}

TEST(DevicePicture, ManySmallRegionsAreDrawnTogether) {
  DeviceMap map;
  DeviceBlock block = block_of(1 << 20);
  for (std::uint64_t at = 0; at < block.size; at += 16) {
    block.regions.push_back(region_at(
        at, 16, at % 64 == 0 ? DeviceRegionState::Free : DeviceRegionState::Used, "many"));
  }
  map.blocks.push_back(std::move(block));
  const std::string svg = map.to_svg();
  EXPECT_EQ(XmlCheck(svg).fault(), "");
  EXPECT_LT(svg.size(), std::size_t{400} << 10) << "65536 regions";
  EXPECT_GT(XmlCheck(svg).of_class("fa-c0").size(), 100U);
}

TEST(DevicePicture, NamesStayText) {
  DeviceMap map;
  const std::string nasty = "<script>alert(1)</script> & \"x\" \x01\xff\xe2\x80\xae";
  map.device = nasty;
  map.blocks.push_back(block_of(100, {region_at(0, 100, DeviceRegionState::Used, nasty, nasty)}));
  map.blocks[0].intent = nasty;
  const std::string svg = map.to_svg();
  const XmlCheck xml(svg);
  ASSERT_EQ(xml.fault(), "");
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  for (const XmlElement& element : xml.elements()) EXPECT_NE(element.name, "script");
}

TEST(DevicePicture, WhatCannotBeIsDrawnAllTheSame) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  DeviceMap map;
  map.totals.fragmentation = std::numeric_limits<double>::quiet_NaN();
  map.totals.total_bytes = std::numeric_limits<std::size_t>::max();
  map.heaps.resize(300);
  for (std::size_t i = 0; i < map.heaps.size(); ++i) {
    map.heaps[i].heap = static_cast<unsigned>(i % 200);
    map.heaps[i].reserved = map.heaps[i].used = map.heaps[i].external =
        std::numeric_limits<std::size_t>::max();
  }
  map.blocks.push_back(block_of(0, {region_at(0, 10, DeviceRegionState::Used)}));
  map.blocks.push_back(block_of(kMost, {region_at(kMost, kMost, DeviceRegionState::Used),
                                        region_at(10, kMost, DeviceRegionState::Retired),
                                        region_at(5, 3, DeviceRegionState::Padding)}));
  map.blocks.back().heap = 4'000'000'000U;
  map.blocks.push_back(block_of(kMost));
  for (int i = 0; i < 5000; ++i) map.blocks.push_back(block_of(1));
  const XmlCheck xml(map.to_svg());
  ASSERT_EQ(xml.fault(), "");
  for (const XmlElement& element : xml.elements()) {
    if (element.name != "rect" || element.attributes.contains("fill")) continue;
    if (!element.attributes.contains("x")) continue;  // the page, patterns
    EXPECT_GE(element.number("x"), kLeft - 0.1);
    EXPECT_LE(element.number("x") + element.number("width"), kRight + 0.1);
  }
  EXPECT_EQ(bars_of(xml).size(), 2000U) << "a heap shows so many";
  EXPECT_TRUE(shows(xml, "and 3002 blocks more"));
  EXPECT_TRUE(shows(xml, "and 137 heaps more"));
  EXPECT_TRUE(shows(xml, "fragmentation 0 %"));
}

TEST(DevicePicture, AnEmptyDeviceHasAPage) {
  const XmlCheck xml(DeviceMap{}.to_svg());
  ASSERT_EQ(xml.fault(), "");
  EXPECT_TRUE(shows(xml, "Memory of a device"));
  const XmlCheck made(DeviceMapMaker::make(0).to_svg());
  EXPECT_TRUE(shows(made, "no memory held"));
}

}  // namespace
}  // namespace framealloc
