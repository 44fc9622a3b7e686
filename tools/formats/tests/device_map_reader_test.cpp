// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reader of maps of a device's memory takes, and what it says of files that are none.
#include "formats/device_map_reader.hpp"

#include <gtest/gtest.h>

#include "support/device_maps.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

using framealloc::DeviceMap;
using framealloc::testing::DeviceMapMaker;

std::string complaint(const std::string& text) {
  return fa_formats::parse_device_map(text, "gpu.json").complaint;
}
std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

TEST(DeviceMapReader, ReadsWhatTheLibraryWrites) {
  for (const std::size_t blocks : {0U, 1U, 20U, 200U}) {
    const DeviceMap map = DeviceMapMaker::make(blocks);
    const auto read = fa_formats::parse_device_map(map.to_json(), "gpu.json");
    ASSERT_TRUE(read) << read.complaint;
    EXPECT_EQ(read.value.to_json(), map.to_json());
    EXPECT_EQ(read.value.to_svg(), map.to_svg());
  }
}

TEST(DeviceMapReader, PassesOverKeysThatItDoesNotKnow) {
  const std::string text = DeviceMapMaker::make(1).to_json();
  EXPECT_EQ(complaint(replaced(text, "\"frame\":", "\"later\": [{}], \"frame\":")), "");
}

TEST(DeviceMapReader, SaysWhatIsWrongAndWhere) {
  const std::string text = DeviceMapMaker::make(4).to_json();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "gpu.json: is empty"},
      {"[]", "gpu.json: is an array; expected an object"},
      {"{\"version\": 2}", "gpu.json: /format is missing"},
      {"{\"format\": NaN}", "gpu.json:1:12: is not JSON"},
      {text.substr(0, text.size() / 2), "ends in the middle of a value"},
      {replaced(text, "framealloc-gpu", "framealloc"), "has the format 'framealloc'; expected"},
      {replaced(text, "\"version\": 1", "\"version\": 9"), "has version 9; expected 1"},
      {replaced(text, "\"version\": 1", "\"version\": -1"), "/version is -1"},
      {replaced(text, "\"device\": \"", "\"advice\": \""), "/device is missing; expected a text"},
      {replaced(text, "\"kind\": \"block\"", "\"kind\": \"lump\""),
       "/blocks/0/kind is 'lump'; expected one of block, ring, dedicated"},
      {replaced(text, "\"state\": \"used\"", "\"state\": 7"),
       "/state is a number; expected a text"},
      {replaced(text, "\"lifetime\": \"frame\"", "\"lifetime\": \"ever\""),
       "/lifetime is 'ever'; expected one of persistent, frame, multi-frame"},
      {replaced(text, "\"intent\": \"device-only\"", "\"intent\": 3"),
       "/blocks/0/intent is a number; expected a text"},
      {replaced(text, "\"device_local\": true", "\"device_local\": 1"),
       "/heaps/0/device_local is a number; expected true or false"},
      {replaced(text, "\"index\": 1", "\"index\": 4294967296"), "/heaps/1/index is 4294967296"},
      {replaced(text, "\"fragmentation\": 0.1250", "\"fragmentation\": 1e999"),
       "a number that is too large"},
      {replaced(text, "\"fragmentation\": 0.1250", "\"fragmentation\": \"0\""),
       "/totals/fragmentation is a text"},
      {replaced(text, "\"regions\": [", "\"regions\": [3, "), "/blocks/0/regions/0 is a number"},
  };
  for (const auto& [input, expected] : cases) {
    const std::string said = complaint(input);
    EXPECT_NE(said.find(expected), std::string::npos) << said << "\nexpected: " << expected;
    EXPECT_TRUE(said.starts_with("gpu.json:")) << said;
  }
}

TEST(DeviceMapReader, RegionsLieInTheirBlockInOrder) {
  DeviceMap map = DeviceMapMaker::make(1);
  ASSERT_GE(map.blocks[0].regions.size(), 3U);
  DeviceMap overlapping = map;
  overlapping.blocks[0].regions[1].offset -= 1;
  EXPECT_NE(complaint(overlapping.to_json()).find("/blocks/0/regions/1/offset is "),
            std::string::npos);
  DeviceMap outside = map;
  outside.blocks[0].regions.back().size += 1;
  EXPECT_NE(complaint(outside.to_json()).find("ends behind its block of 67108864 bytes"),
            std::string::npos);
  DeviceMap wrapping = map;
  wrapping.blocks[0].regions.back().size = UINT64_MAX;
  EXPECT_NE(complaint(wrapping.to_json()).find("ends behind its block"), std::string::npos);
  map.blocks[0].regions.erase(map.blocks[0].regions.begin() + 1);  // a gap does no harm
  EXPECT_EQ(complaint(map.to_json()), "");
}

TEST(DeviceMapReader, SaysWhichFileIsMissing) {
  const auto read = fa_formats::read_device_map("/nowhere/gpu.json");
  EXPECT_FALSE(read);
  EXPECT_TRUE(read.gone);
  EXPECT_TRUE(read.complaint.starts_with("/nowhere/gpu.json: cannot be read")) << read.complaint;
}

}  // namespace
