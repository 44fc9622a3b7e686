// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reader of snapshots says of files that are none.
#include "formats/snapshot_reader.hpp"

#include <gtest/gtest.h>
#include <framealloc/framealloc.hpp>

#include "support/fake_device.hpp"

#include <filesystem>
#include <limits>
#include <string>

namespace {

using namespace fa_formats;
using framealloc::Snapshot;

std::string complaint(const std::string& text) { return parse_snapshot(text, "x.json").complaint; }

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), with);
}

Snapshot full() {
  framealloc::SmartAlloc alloc(framealloc::AllocConfig::minimal());
  alloc.set_thread_name("main \"1\"");
  alloc.set_thread_frame_budget(1 << 20);
  const framealloc::ScopedFrame frame = alloc.scoped_frame();
  {
    const auto phase = alloc.phase_scope("work");
    alloc.with_tag("a", [&] { (void)alloc.frame_alloc_layout(4096, 16); });
  }
  return alloc.snapshot();
}

TEST(SnapshotReader, ReadsWhatTheLibraryWrites) {
  const Snapshot original = full();
  for (const unsigned version : {1u, 2u, 3u}) {
    const auto read = parse_snapshot(original.to_json(version), "x.json");
    ASSERT_TRUE(read) << read.complaint;
    EXPECT_EQ(read.value.version, version);
    EXPECT_EQ(read.value.timestamp, original.timestamp());
    const Snapshot& back = read.value.snapshot;
    EXPECT_EQ(back.unix_seconds, original.unix_seconds);
    EXPECT_EQ(back.to_json(version), original.to_json(version));
  }
}

TEST(SnapshotReader, ReadsDevices) {
  const framealloc::SmartAlloc alloc(framealloc::AllocConfig::minimal());
  const framealloc::testing::RegisteredDevice fake(alloc, "GPU \"0\"");
  const Snapshot original = alloc.snapshot();
  const auto read = parse_snapshot(original.to_json(2), "x.json");
  ASSERT_TRUE(read) << read.complaint;
  ASSERT_EQ(read.value.snapshot.devices.size(), 1u);
  EXPECT_EQ(read.value.snapshot.devices[0].name, "GPU \"0\"");
  EXPECT_EQ(read.value.snapshot.to_json(2), original.to_json(2));
  EXPECT_EQ(
      complaint(replaced(original.to_json(2), "\"reserved\":", "\"reversed\":")),
      "x.json: /gpu/devices/0/heaps/0/reserved is missing; expected a whole number, 0 or more. "
      "docs/snapshots.md describes the file");
  const std::string none = full().to_json(2);
  EXPECT_NE(complaint(replaced(none, "\"gpu\": null", "\"gpu\": []")).find("/gpu is an array"),
            std::string::npos);
  // Files of libraries that did not write it yet.
  EXPECT_EQ(complaint(replaced(none, "\"gpu\": null", "\"cpu\": null")), "");
}

TEST(SnapshotReader, ReadsPoolsHandlesStreamingAndSites) {
  framealloc::AllocConfig config = framealloc::AllocConfig::minimal();
  config.checked = true;
  framealloc::SmartAlloc alloc(config);
  int* const held = alloc.pool_alloc<int>();
  const auto handle = alloc.handles().alloc<int>();
  const framealloc::StreamId asset = alloc.streaming().reserve(4096);
  const Snapshot original = alloc.snapshot();
  (void)alloc.streaming().free(asset);
  (void)alloc.handles().free(handle);
  alloc.pool_free(held);
  const auto read = parse_snapshot(original.to_json(3), "x.json");
  ASSERT_TRUE(read) << read.complaint;
  const Snapshot& back = read.value.snapshot;
  EXPECT_EQ(back.to_json(3), original.to_json(3));
  ASSERT_FALSE(back.sites.empty());
  EXPECT_NE(back.sites[0].file.find("snapshot_reader_test.cpp"), std::string::npos);
  ASSERT_TRUE(back.handles && back.streaming);
  EXPECT_EQ(back.handles->active_handles, 1u);
  EXPECT_EQ(back.streaming->total_reserved, 4096u);
  EXPECT_EQ(complaint(replaced(original.to_json(3), "\"hole_bytes\":", "\"whole_bytes\":")),
            "x.json: /handles/hole_bytes is missing; expected a whole number, 0 or more. "
            "docs/snapshots.md describes the file");
  EXPECT_NE(complaint(replaced(full().to_json(3), "\"streaming\": null", "\"streaming\": []"))
                .find("/streaming is an array"),
            std::string::npos);
  EXPECT_NE(complaint(replaced(full().to_json(2), "\"version\": 2", "\"version\": 3")), "");
}

TEST(SnapshotReader, KeepsNumbersBeyondADouble) {
  Snapshot snapshot(std::numeric_limits<std::uint64_t>::max());
  snapshot.summary.total_bytes = (std::size_t{1} << 60) + 1;
  const auto read = parse_snapshot(snapshot.to_json(), "x.json");
  ASSERT_TRUE(read) << read.complaint;
  EXPECT_EQ(read.value.snapshot.frame, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read.value.snapshot.summary.total_bytes, (std::size_t{1} << 60) + 1);
}

TEST(SnapshotReader, PassesOverKeysThatItDoesNotKnow) {
  const std::string text = replaced(full().to_json(2), "\"frame\":", "\"later\": [{}], \"frame\":");
  EXPECT_EQ(complaint(text), "");
}

// Cut off at any byte: a complaint, never a crash or half a snapshot.
TEST(SnapshotReader, NoticesEveryTruncation) {
  const std::string text = full().to_json(2);
  for (std::size_t length = 0; length + 2 < text.size(); ++length) {
    const std::string said = complaint(text.substr(0, length));
    ASSERT_NE(said, "") << length;
    ASSERT_TRUE(said.find("ends in the middle") != std::string::npos ||
                said.find("is empty") != std::string::npos ||
                said.find("is not JSON") != std::string::npos)
        << said;
  }
  EXPECT_NE(complaint(text.substr(0, text.size() / 2)).find("Take a new one"), std::string::npos);
}

TEST(SnapshotReader, SaysWhereItIsNotJson) {
  EXPECT_EQ(complaint("{\n  \"version\": 1,\n  oops\n}"),
            "x.json:3:3: is not JSON; expected a snapshot as Snapshot::to_json() writes it");
  EXPECT_NE(complaint(" \n").find("x.json: is empty; expected a snapshot"), std::string::npos);
  EXPECT_NE(complaint("[1]").find("x.json: is an array"), std::string::npos);
}

TEST(SnapshotReader, SaysWhatIsWrongWithAMember) {
  const std::string text = full().to_json(2);
  EXPECT_EQ(complaint(replaced(text, "\"version\": 2", "\"version\": 4")),
            "x.json: has version 4; expected 1, 2 or 3. A newer library wrote it: use its `fa`");
  EXPECT_NE(complaint(replaced(text, "\"version\": 2", "\"version\": \"2\""))
                .find("/version is a text; expected a whole number"),
            std::string::npos);
  EXPECT_NE(complaint(replaced(text, "\"frame_bytes\": 4096", "\"frame_bytes\": -1"))
                .find("/summary/frame_bytes is -1; expected a whole number, 0 or more"),
            std::string::npos);
  EXPECT_NE(complaint(replaced(text, "\"name\": \"main", "\"nome\": \"main"))
                .find("/threads/0/name is missing; expected a text"),
            std::string::npos);
  EXPECT_NE(complaint(replaced(text, "\"alloc_kind\": \"frame\"", "\"alloc_kind\": \"stack\""))
                .find("/tags/0/alloc_kind is 'stack'; expected frame, pool, heap or scratch"),
            std::string::npos);
  const std::string time = "\"timestamp\": \"" + full().timestamp().substr(0, 4);
  EXPECT_NE(complaint(replaced(text, time, time + "-13")).find("expected YYYY-MM-DDTHH:MM:SSZ"),
            std::string::npos);
  EXPECT_NE(complaint("{\"version\": 1}").find("is missing"), std::string::npos);
}

TEST(SnapshotReader, SaysWhichFileCannotBeRead) {
  const std::string folder = (std::filesystem::temp_directory_path() / "fa-none-such").string();
  EXPECT_NE(read_newest(folder).complaint.find("fa-none-such: cannot be read: No such file"),
            std::string::npos);
  EXPECT_NE(read_folder(folder).complaint.find("cannot be read"), std::string::npos);
}

// A number beyond a double, containers without end, bytes that are no UTF-8: whatever stands in the
// file, there is a complaint, and no exception leaves the reader.
TEST(SnapshotReader, SurvivesWhatNoLibraryWrites) {
  EXPECT_NE(complaint("{\"version\": 1e999}").find("a number that is too large"),
            std::string::npos);
  EXPECT_NE(complaint("[-1e999]").find("a number that is too large"), std::string::npos);
  EXPECT_NE(complaint(std::string(200'000, '[')).find("nests deeper than 64"), std::string::npos);
  EXPECT_NE(complaint("[\"[[\", " + std::string(100, '{')).find("nests deeper"), std::string::npos);
  std::string many = "[";
  for (int i = 0; i < 1'000'000; ++i) many += "[],";
  EXPECT_NE(complaint(many + "1]").find("more than 1000000 objects"), std::string::npos);
  EXPECT_NE(complaint("{\"version\": \"\xff\"}").find("is not JSON"), std::string::npos);
  EXPECT_NE(complaint(std::string(100, '\0')).find("is not JSON"), std::string::npos);
  const Snapshot original = full();
  const std::string text = original.to_json(2);
  for (const char* time : {"2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-1-01T00:00:00Z ",
                           "99999999999999999999", "-026-01-01T00:00:00Z", ""}) {
    EXPECT_NE(complaint(replaced(text, original.timestamp(), time)).find("/timestamp is"),
              std::string::npos)
        << time;
  }
}

TEST(SnapshotReader, ReadsNoMoreThanASnapshotCanHave) {
  EXPECT_NE(read_snapshot("/dev/zero").complaint.find("/dev/zero: has more than 64 MiB"),
            std::string::npos);
}

}  // namespace
