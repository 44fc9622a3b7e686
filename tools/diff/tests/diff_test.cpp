// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs fa diff on snapshots whose figures are known.
#include "test_support/json_reader.hpp"
#include "test_support/program.hpp"

#include <framealloc/snapshot_emitter.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using fa_test::Json;
using fa_test::JsonReader;
using fa_test::Outcome;
using framealloc::AllocKind;
using framealloc::Snapshot;

Outcome run(std::vector<std::string> arguments) {
  return fa_test::run_program(FA_DIFF_PROGRAM, arguments);
}

class Diff : public testing::Test {
 protected:
  Diff() {
    std::string path = (fs::temp_directory_path() / "fa-diff-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~Diff() override { fs::remove_all(folder_); }

  static void add_tag(Snapshot& snapshot, const char* path, AllocKind kind, std::size_t bytes) {
    framealloc::SnapshotTag tag;
    tag.path = path;
    tag.thread = "*";
    tag.kind = kind;
    tag.bytes = bytes;
    tag.alloc_count = bytes / 100;
    snapshot.add_tag(tag);
  }
  static void add_thread(Snapshot& snapshot, const char* id, const char* name, std::size_t heap) {
    framealloc::SnapshotThread thread;
    thread.id = id;
    thread.name = name;
    thread.heap_bytes = heap;
    snapshot.add_thread(thread);
  }
  static Snapshot before() {
    Snapshot snapshot(100);
    snapshot.unix_seconds = 1'700'000'000;
    snapshot.with_summary({1000, 2000, 7000, 10'000, 12'000});
    snapshot.reserved_bytes = 65'536;
    add_tag(snapshot, "game::physics", AllocKind::Pool, 2000);
    add_tag(snapshot, "game::physics", AllocKind::Heap, 3000);
    add_tag(snapshot, "ui", AllocKind::Heap, 4000);
    add_tag(snapshot, "same", AllocKind::Frame, 500);
    add_thread(snapshot, "1", "main", 4000);
    add_thread(snapshot, "2", "worker", 1000);
    add_thread(snapshot, "3", "worker", 2000);
    return snapshot;
  }
  static Snapshot after() {
    Snapshot snapshot(200);
    snapshot.unix_seconds = 1'700'000'060;
    snapshot.with_summary({1000, 1500, 9000, 11'500, 13'000});
    snapshot.reserved_bytes = 131'072;
    add_tag(snapshot, "game::physics", AllocKind::Pool, 1500);
    add_tag(snapshot, "game::physics", AllocKind::Heap, 3600);
    add_tag(snapshot, "audio", AllocKind::Heap, 5400);
    add_tag(snapshot, "same", AllocKind::Frame, 500);
    add_thread(snapshot, "8", "main", 6000);
    add_thread(snapshot, "2", "worker", 1000);
    return snapshot;
  }
  std::string write(const char* name, const std::string& text) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  std::string a(unsigned version = 2) const { return write("a.json", before().to_json(version)); }
  std::string b(unsigned version = 2) const { return write("b.json", after().to_json(version)); }

  fs::path folder_;
};

// Result: the row of `list` whose `key` is `value`, and whose `alloc_kind` is `kind` if there is
// one.
const Json* row(const Json& json, const char* list, const char* key, const std::string& value,
                const std::string& kind = "") {
  const Json* const rows = json.at(list);
  if (rows == nullptr) return nullptr;
  for (const Json& one : rows->items) {
    if (one.at(key)->text == value && (kind.empty() || one.at("alloc_kind")->text == kind)) {
      return &one;
    }
  }
  return nullptr;
}

TEST_F(Diff, JsonSaysWhatGrewSortedByGrowth) {
  const Outcome outcome = run({a(), b(), "--format", "json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = JsonReader::read(outcome.out);
  ASSERT_TRUE(json.has_value()) << outcome.out;
  EXPECT_EQ(json->at("schema")->text, "framealloc.diff.v1");
  EXPECT_EQ(json->at("before.frame")->number, 100);
  EXPECT_EQ(json->at("after.timestamp")->text, "2023-11-14T22:14:20Z");

  const Json& tags = *json->at("tags");
  ASSERT_EQ(tags.items.size(), 4u);  // "same" did not change
  EXPECT_EQ(tags.items[0].at("path")->text, "audio");
  EXPECT_EQ(tags.items[0].at("growth")->number, 5400);
  EXPECT_EQ(tags.items[0].at("percent")->kind, Json::Kind::Null);
  EXPECT_EQ(tags.items[1].at("path")->text, "game::physics");
  EXPECT_EQ(tags.items[1].at("alloc_kind")->text, "heap");
  EXPECT_EQ(tags.items[1].at("growth")->number, 600);
  EXPECT_EQ(tags.items[1].at("percent")->number, 20);
  EXPECT_EQ(tags.items[1].at("count_after")->number, 36);
  EXPECT_EQ(tags.items[2].at("growth")->number, -500);
  EXPECT_EQ(tags.items[3].at("path")->text, "ui");
  EXPECT_EQ(tags.items[3].at("growth")->number, -4000);
  EXPECT_EQ(tags.items[3].at("percent")->number, -100);

  EXPECT_EQ(row(*json, "totals", "name", "total")->at("growth")->number, 1500);
  EXPECT_EQ(row(*json, "totals", "name", "total")->at("percent")->number, 15);
  EXPECT_EQ(row(*json, "totals", "name", "reserved")->at("growth")->number, 65'536);
  EXPECT_EQ(json->at("limits.total")->kind, Json::Kind::Null);
  EXPECT_TRUE(json->at("limits.exceeded")->items.empty());
}

TEST_F(Diff, ThreadsAreTheSameByNameAndByIdWhereNamesAreShared) {
  const auto json = JsonReader::read(run({a(), b(), "--format=json", "--min", "0"}).out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("threads")->items.size(), 3u);
  EXPECT_EQ(json->at("tags")->items.size(), 5u);
  ASSERT_NE(row(*json, "threads", "name", "main"), nullptr);
  EXPECT_EQ(row(*json, "threads", "name", "main")->at("heap_growth")->number, 2000);
  EXPECT_EQ(row(*json, "threads", "name", "worker #2")->at("growth")->number, 0);
  EXPECT_EQ(row(*json, "threads", "name", "worker #3")->at("growth")->number, -2000);
}

TEST_F(Diff, MixesVersions) {
  const auto json = JsonReader::read(run({a(1), b(2), "--format", "json"}).out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("before.version")->number, 1);
  EXPECT_EQ(json->at("after.version")->number, 2);
  EXPECT_EQ(row(*json, "totals", "name", "reserved"), nullptr);  // A does not say
  EXPECT_EQ(json->at("tags")->items.size(), 4u);
}

TEST_F(Diff, TextIsATable) {
  const Outcome outcome = run({a(), b()});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const char* line : {"  total           9.8 KiB   11.2 KiB   +1.5 KiB   +15.0 %\n",
                           "  audio          heap      0 B  5.3 KiB  +5.3 KiB      new\n",
                           "  game::physics  heap  2.9 KiB  3.5 KiB    +600 B  +20.0 %\n",
                           "  ui             heap  3.9 KiB      0 B  -3.9 KiB     gone\n",
                           "  (1 of 5 tags and kinds unchanged)\n",
                           "   frame 200, 2023-11-14T22:14:20Z, version 2\n"}) {
    EXPECT_NE(outcome.out.find(line), std::string::npos) << line << outcome.out;
  }
  EXPECT_LT(outcome.out.find("audio"), outcome.out.find("game::physics"));
}

TEST_F(Diff, LongAndStrangeNamesKeepTheTableInShape) {
  Snapshot long_name = after();
  add_tag(long_name, ("begin::" + std::string(200, 'x') + "::end").c_str(), AllocKind::Heap,
          77'777);
  add_tag(long_name, "line\nbreak\x1b[31m", AllocKind::Heap, 66'666);
  const Outcome outcome = run({a(), write("b.json", long_name.to_json())});
  EXPECT_NE(outcome.out.find("...xxx"), std::string::npos);
  EXPECT_NE(outcome.out.find("xxx::end"), std::string::npos);
  EXPECT_NE(outcome.out.find("line\\nbreak\\x1b[31m"), std::string::npos);
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  std::size_t from = 0;
  while (from < outcome.out.size()) {
    const std::size_t end = outcome.out.find('\n', from);
    EXPECT_LE(end - from, 130u);
    from = end + 1;
  }
}

TEST_F(Diff, LimitsDecideTheExitCode) {
  EXPECT_EQ(run({a(), b(), "--fail-over", "1500"}).exit_code, 0);
  EXPECT_EQ(run({a(), b(), "--fail-over", "1499"}).exit_code, 1);
  EXPECT_EQ(run({a(), b(), "--fail-over", "15%"}).exit_code, 0);
  EXPECT_EQ(run({a(), b(), "--fail-over", "14.9%"}).exit_code, 1);
  EXPECT_EQ(run({a(), b(), "--fail-over", "2KiB"}).exit_code, 0);
  EXPECT_EQ(run({a(), b(), "--fail-over", "1K"}).exit_code, 1);
  EXPECT_EQ(run({b(), a(), "--fail-over", "0"}).exit_code, 0);  // it shrank
  EXPECT_EQ(run({a(), b(), "--fail-over-tag", "5400"}).exit_code, 0);
  const Outcome outcome = run({a(), b(), "--fail-over-tag", "5%", "--fail-over=1%"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.out.find("grew by more than allowed\n  total (1%)\n  audio heap (5%)\n"
                             "  game::physics heap (5%)\n"),
            std::string::npos)
      << outcome.out;
  const auto json = JsonReader::read(run({a(), b(), "--fail-over", "1", "--format", "json"}).out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("limits.exceeded.0")->text, "total");
}

TEST_F(Diff, ComparesWhatDevicesHold) {
  const auto with_device = [](Snapshot snapshot, const char* name, std::size_t held,
                              std::size_t terrain, const char* other, std::size_t of_other) {
    framealloc::SnapshotDevice device;
    device.name = name;
    device.totals.total_bytes = held;
    device.totals.allocated_bytes = device.totals.persistent_bytes = terrain + of_other;
    device.totals.free_bytes = held - terrain - of_other;
    framealloc::DeviceHeapFigures heap;
    heap.reserved = held;
    device.heaps.push_back(heap);
    device.tags.push_back({.path = "world::terrain", .bytes = terrain});
    device.tags.push_back({.path = other, .bytes = of_other});
    snapshot.devices.push_back(device);
    return snapshot;
  };
  const std::string a_file =
      write("a.json", with_device(before(), "GPU", 4096, 1024, "hud", 512).to_json(2));
  const std::string b_file =
      write("b.json", with_device(with_device(after(), "GPU", 6144, 1024, "smoke", 2048), "second",
                                  100, 60, "smoke", 40)
                          .to_json(2));
  const Outcome outcome = run({a_file, b_file, "--format", "json"});
  const auto json = JsonReader::read(outcome.out);
  ASSERT_TRUE(json.has_value());
  const Json* const gpu = row(*json, "devices", "name", "GPU");
  ASSERT_NE(gpu, nullptr) << outcome.out << outcome.err;
  EXPECT_EQ(gpu->at("growth")->number, 2048);
  EXPECT_EQ(gpu->at("percent")->number, 50);
  EXPECT_EQ(row(*gpu, "heaps", "name", "heap 0")->at("after")->number, 6144);
  EXPECT_EQ(row(*gpu, "totals", "name", "handed out")->at("growth")->number, 1536);
  EXPECT_EQ(row(*gpu, "totals", "name", "retired"), nullptr) << "neither has any";
  EXPECT_EQ(gpu->at("tags.0.path")->text, "smoke") << "what grew most comes first";
  EXPECT_EQ(row(*gpu, "tags", "path", "hud")->at("growth")->number, -512);
  EXPECT_EQ(row(*gpu, "tags", "path", "world::terrain"), nullptr) << "unchanged";
  const Json* const second = row(*json, "devices", "name", "second");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->at("before")->number, 0);

  const Outcome text = run({a_file, b_file, "--fail-over-device", "50%"});
  EXPECT_EQ(text.exit_code, 1);
  for (const char* line : {"device GPU\n", "  held        4.0 KiB  6.0 KiB  +2.0 KiB   +50.0 %\n",
                           "  smoke                 0 B  2.0 KiB  +2.0 KiB   new\n",
                           "device second\n", "  (1 of 3 tags on the device unchanged)\n",
                           "grew by more than allowed\n  device second (50%)\n"}) {
    EXPECT_NE(text.out.find(line), std::string::npos) << line << text.out;
  }
  EXPECT_EQ(run({a_file, b_file, "--fail-over-device", "2KiB"}).exit_code, 0);
  EXPECT_EQ(run({a_file, b_file, "--fail-over-device", "2047"}).exit_code, 1);
  EXPECT_EQ(run({a(), b()}).out.find("device"), std::string::npos) << "there is none";
}

TEST_F(Diff, ComparesPoolsPlacesHandlesAndStreaming) {
  const auto with_parts = [](Snapshot snapshot, std::uint64_t pages, std::size_t at_place) {
    snapshot.pools.push_back({64, pages, pages * 100, 0, 1});
    snapshot.handles.emplace().total_allocated = 32 * pages;
    snapshot.streaming.emplace().total_reserved = 1000;
    framealloc::SnapshotSite site;
    site.file = "src/map.cpp";
    site.line = 7;
    site.tag = "map";
    for (const std::size_t bytes : {at_place, std::size_t{1}}) {
      site.bytes = bytes;
      snapshot.sites.push_back(site);
    }
    return snapshot;
  };
  const std::string a_file = write("a.json", with_parts(before(), 1, 100).to_json(3));
  const std::string b_file = write("b.json", with_parts(after(), 3, 900).to_json(3));
  const Outcome outcome = run({a_file, b_file, "--format", "json"});
  const auto json = JsonReader::read(outcome.out);
  ASSERT_TRUE(json.has_value()) << outcome.err;
  EXPECT_EQ(row(*json, "pools", "name", "64 B blocks")->at("growth")->number, 12'800);
  EXPECT_EQ(row(*json, "sites", "name", "src/map.cpp:7 map")->at("before")->number, 101);
  EXPECT_EQ(row(*json, "sites", "name", "src/map.cpp:7 map")->at("growth")->number, 800);
  EXPECT_EQ(row(*json, "totals", "name", "handles")->at("growth")->number, 64);
  EXPECT_EQ(row(*json, "totals", "name", "streaming")->at("growth")->number, 0);
  const Outcome text = run({a_file, b_file});
  for (const char* title :
       {"room of the pool by size class\n", "by place\n", "src/map.cpp:7 map"}) {
    EXPECT_NE(text.out.find(title), std::string::npos) << title << text.out;
  }
  // One of the two does not know them: nothing is said.
  const std::string older = write("c.json", before().to_json(2));
  EXPECT_EQ(run({older, b_file}).out.find("by place"), std::string::npos);
}

TEST_F(Diff, OfFoldersTheirNewestSnapshotsCount) {
  // The newest by time: the program was started again and counts its frames from 1.
  Snapshot old = before();
  old.unix_seconds -= 1000;
  write("A/snapshot_0000000000009999.json", old.to_json());
  write("A/snapshot_0000000000000100.json", before().to_json());
  write("A/notes.json", "no snapshot");
  write("B/snapshot_0000000000000200.json", after().to_json());
  const Outcome outcome =
      run({(folder_ / "A").string(), (folder_ / "B").string(), "--format", "json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto json = JsonReader::read(outcome.out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("before.frame")->number, 100);
  EXPECT_TRUE(json->at("after.path")->text.ends_with("snapshot_0000000000000200.json"));
}

TEST_F(Diff, WrongArgumentsAreAUsageError) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {a()},
                                                {a(), b(), a()},
                                                {a(), b(), "--format", "xml"},
                                                {a(), b(), "--min", "-1"},
                                                {a(), b(), "--fail-over"},
                                                {a(), b(), "--fail-over", "5 %"},
                                                {a(), b(), "--fail-over", "KiB"},
                                                {a(), b(), "--fast"}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("fa diff --help"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_NE(run({a(), b(), "--min", "x"}).err.find("--min has the value 'x'; expected bytes"),
            std::string::npos);
}

TEST_F(Diff, ForeignTextCannotSteerTheTerminal) {
  Snapshot snapshot = after();
  add_tag(snapshot, "\x1b[2J\xe2\x80\xaegnp.exe", AllocKind::Heap, 9000);
  add_thread(snapshot, "9", "a\nb\x9b", 9000);
  const std::string file = write("odd\x1b[31m.json", snapshot.to_json(2));
  for (const char* format : {"text", "json"}) {
    const Outcome outcome = run({a(), file, "--format", format, "--fail-over-tag", "1"});
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    for (const char* raw : {"\x1b", "\xe2\x80\xae", "a\nb"}) {
      EXPECT_EQ(outcome.out.find(raw), std::string::npos) << outcome.out;
    }
    EXPECT_NE(outcome.out.find("\\u202egnp.exe"), std::string::npos) << outcome.out;
  }
  const Outcome missing = run({a(), "no\x1b[2Jfile"});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_EQ(missing.err.find('\x1b'), std::string::npos) << missing.err;
}

TEST_F(Diff, NoticesAFullDisk) {
  const Outcome outcome = fa_test::run_program(
      "/bin/sh", {"-c", std::string(FA_DIFF_PROGRAM " ") + a() + " " + b() + " >/dev/full"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_NE(outcome.err.find("No space left on device"), std::string::npos) << outcome.err;
}

TEST_F(Diff, IsAVerbOfFa) {
  EXPECT_EQ(fa_test::run_program(FA_PROGRAM, {"diff", a(), b()}).exit_code, 0);
  EXPECT_NE(run({"--help"}).out.find("--fail-over"), std::string::npos);
  EXPECT_TRUE(run({"--version"}).out.starts_with("fa diff "));
}

}  // namespace
