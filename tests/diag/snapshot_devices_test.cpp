// SPDX-License-Identifier: MIT OR Apache-2.0
// What snapshots say of devices.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "../tools/test_support/json_reader.hpp"
#include "support/fake_device.hpp"

#include <string>

namespace framealloc {
namespace {

using fa_test::Json;
using fa_test::JsonReader;

TEST(SnapshotDevices, NoneIsNull) {
  const SmartAlloc alloc(AllocConfig::minimal());
  const auto json = JsonReader::read(alloc.snapshot().to_json(2));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("gpu")->kind, Json::Kind::Null);
}

TEST(SnapshotDevices, HaveTotalsHeapsAndTags) {
  SmartAlloc alloc(AllocConfig::minimal());
  testing::RegisteredDevice one(alloc);
  testing::RegisteredDevice same_name(alloc);
  testing::RegisteredDevice again(alloc);
  const Snapshot snapshot = alloc.snapshot();
  ASSERT_EQ(snapshot.devices.size(), 3U);
  EXPECT_EQ(snapshot.devices[0].name, "Fake GPU");
  EXPECT_EQ(snapshot.devices[1].name, "Fake GPU #2");
  EXPECT_EQ(snapshot.devices[2].name, "Fake GPU #3");
  const SnapshotDevice& device = snapshot.devices[0];
  EXPECT_TRUE(device.totals.device.empty()) << "no view of what may be gone";
  ASSERT_EQ(device.heaps.size(), 2U);
  EXPECT_TRUE(device.heaps[0].device.empty());
  EXPECT_EQ(device.totals.total_bytes, device.heaps[0].reserved + device.heaps[1].reserved);
  ASSERT_EQ(device.tags.size(), 2U);
  EXPECT_EQ(device.tags[1].path, "hud");

  const auto json = JsonReader::read(snapshot.to_json(2));
  ASSERT_TRUE(json.has_value());
  const Json& first = json->at("gpu.devices")->items.at(0);
  EXPECT_EQ(first.at("name")->text, "Fake GPU");
  EXPECT_EQ(first.at("frame")->number, 12);
  EXPECT_EQ(first.at("totals.allocated_bytes")->number, 6 << 20);
  EXPECT_EQ(first.at("totals.fragmentation")->number, 0.25);
  const Json& heap = first.at("heaps")->items.at(1);
  EXPECT_EQ(heap.at("index")->number, 1);
  EXPECT_EQ(heap.at("limit")->number, 64 << 20);
  EXPECT_EQ(heap.at("device_local")->number, 0);
  EXPECT_EQ(first.at("heaps")->items[0].at("measured")->number, 1);
  const Json& hud = first.at("tags")->items.at(1);
  EXPECT_EQ(hud.at("path")->text, "hud");
  EXPECT_EQ(hud.at("bytes")->number, 2 << 20);
  EXPECT_EQ(hud.at("limit")->number, 3 << 20);
  EXPECT_EQ(hud.at("denials")->number, 1);
  // Version 1 is as it was.
  EXPECT_EQ(snapshot.to_json(1).find("gpu"), std::string::npos);
}

TEST(SnapshotDevices, ADeviceThatHasGoneIsNotShown) {
  SmartAlloc alloc(AllocConfig::minimal());
  {
    const testing::RegisteredDevice device(alloc);
  }
  EXPECT_TRUE(alloc.snapshot().devices.empty());
}

}  // namespace
}  // namespace framealloc
