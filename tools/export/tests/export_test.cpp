// SPDX-License-Identifier: MIT OR Apache-2.0
#include "support/fake_device.hpp"
#include "support/trace_check.hpp"
#include "test_support/program.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/snapshot_emitter.hpp>

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using fa_test::Outcome;
using framealloc::AllocKind;
using framealloc::Snapshot;
using framealloc::testing::CheckedTrace;

class Export : public testing::Test {
 protected:
  Export() {
    std::string path = (fs::temp_directory_path() / "fa-export-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    for (std::uint64_t i = 0; i < 3; ++i) {
      Snapshot snapshot(i + 1);
      snapshot.unix_seconds = 1'700'000'000 + static_cast<std::int64_t>(i / 2);
      snapshot.with_summary({100, 200 + i, 300, 600 + i, 700});
      snapshot.reserved_bytes = 65'536;
      snapshot.idle_bytes = 4096;
      framealloc::SnapshotTag tag;
      tag.path = i == 2 ? "game::\"b\"\\" : "game::a";
      tag.thread = "*";
      tag.kind = AllocKind::Heap;
      tag.bytes = 50 + i;
      tag.alloc_count = 5;
      snapshot.add_tag(tag);
      framealloc::SnapshotThread thread;
      thread.id = "1";
      thread.name = "main";
      thread.pool_bytes = 7;
      snapshot.add_thread(thread);
      const std::string name = "snapshot_000000000000000" + std::to_string(i + 1) + ".json";
      std::ofstream(folder_ / name) << snapshot.to_json(2);
    }
  }
  ~Export() override { fs::remove_all(folder_); }
  Outcome run(std::vector<std::string> arguments) const {
    return fa_test::run_program(FA_EXPORT_PROGRAM, arguments);
  }

  fs::path folder_;
};

TEST_F(Export, AFolderBecomesATrace) {
  const std::string file = (folder_ / "out.json").string();
  const Outcome outcome = run({folder_.string(), "--to", "trace", "--output", file});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const CheckedTrace trace(file);
  const auto in_use = trace.all("C", "bytes in use");
  ASSERT_EQ(in_use.size(), 3u);
  EXPECT_EQ(in_use[2]->at("args.pool")->number, 202);
  EXPECT_EQ(in_use[0]->at("ts")->number, 1.7e15);
  EXPECT_EQ(in_use[1]->at("ts")->number, 1.7e15 + 1000);  // of the same second
  EXPECT_EQ(in_use[2]->at("ts")->number, 1.7e15 + 1e6);
  EXPECT_EQ(trace.all("C", "reserved bytes").at(0)->at("args.used")->number, 65'536 - 4096);
  const auto tag = trace.all("C", "tag game::a");
  ASSERT_EQ(tag.size(), 3u);
  EXPECT_EQ(tag[1]->at("args.heap")->number, 51);
  EXPECT_EQ(tag[2]->at("args.heap")->number, 0);  // the last snapshot does not name it
  EXPECT_EQ(trace.all("C", "thread main").at(0)->at("args.pool")->number, 7);

  const Outcome piped = run({folder_.string(), "--to=trace"});
  ASSERT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_TRUE(fa_test::JsonReader::read(piped.out).has_value());
}

TEST_F(Export, TheNewestSnapshotBecomesMetrics) {
  const std::string file = (folder_ / "metrics.prom").string();
  const Outcome outcome = run({folder_.string(), "--to", "prometheus"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* line :
       {"# HELP framealloc_bytes Bytes in use", "# TYPE framealloc_bytes gauge\n",
        "framealloc_bytes{kind=\"pool\"} 202\n", "framealloc_frames_total 3\n",
        "framealloc_tag_bytes{kind=\"heap\",tag=\"game::\\\"b\\\"\\\\\"} 52\n",
        "framealloc_thread_bytes{id=\"1\",kind=\"pool\",thread=\"main\"} 7\n",
        "framealloc_reserved_bytes 65536\n",
        "framealloc_snapshot_timestamp_seconds 1700000001\n"}) {
    EXPECT_NE(outcome.out.find(line), std::string::npos) << line << outcome.out;
  }
  ASSERT_EQ(run({folder_.string(), "--to", "prometheus", "--output", file}).exit_code, 0);
  EXPECT_EQ(fs::file_size(file), outcome.out.size());
#ifdef FA_PROMTOOL
  const std::string check = "'" FA_PROMTOOL "' check metrics < '" + file + "'";
  const Outcome checked = fa_test::run_program("/bin/sh", {"-c", check});
  EXPECT_EQ(checked.exit_code, 0) << checked.err << checked.out;
#endif
}

TEST_F(Export, PoolsHandlesAndStreamingBecomeMetrics) {
  Snapshot snapshot(9);
  snapshot.unix_seconds = 1'700'000'200;
  snapshot.pools.push_back({64, 2, 500, 100, 7000});
  snapshot.handles.emplace().hole_bytes = 48;
  snapshot.streaming.emplace().total_loaded = 4096;
  std::ofstream(folder_ / "snapshot_0000000000000009.json") << snapshot.to_json(3);
  const Outcome metrics = run({folder_.string(), "--to", "prometheus"});
  ASSERT_EQ(metrics.exit_code, 0) << metrics.err;
  for (const char* line :
       {"framealloc_pool_pages{block_bytes=\"64\"} 2\n",
        "framealloc_pool_room_bytes{block_bytes=\"64\"} 32000\n",
        "framealloc_pool_free_bytes{block_bytes=\"64\"} 6400\n",
        "framealloc_pool_allocations_total{block_bytes=\"64\"} 7000\n",
        "framealloc_handle_hole_bytes 48\n", "framealloc_streaming_loaded_bytes 4096\n"}) {
    EXPECT_NE(metrics.out.find(line), std::string::npos) << line << metrics.out;
  }
}

TEST_F(Export, DevicesBecomeMetricsAndCounters) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    const framealloc::SmartAlloc alloc(framealloc::AllocConfig::minimal());
    const framealloc::testing::RegisteredDevice fake(alloc, "GPU \"0\"");
    Snapshot snapshot = alloc.snapshot();
    snapshot.frame = i + 1;
    snapshot.unix_seconds = 1'700'000'100 + static_cast<std::int64_t>(i);
    if (i == 1) snapshot.devices[0].tags.clear();
    if (i == 2) snapshot.add_device(snapshot.devices[0]);  // which no allocator writes
    std::ofstream(folder_ / ("snapshot_000000000000010" + std::to_string(i) + ".json"))
        << snapshot.to_json(2);
  }
  const Outcome metrics = run({folder_.string(), "--to", "prometheus"});
  ASSERT_EQ(metrics.exit_code, 0) << metrics.err;
  for (const char* line :
       {"framealloc_gpu_bytes{device=\"GPU \\\"0\\\"\",kind=\"persistent\"} 12582912\n",
        "framealloc_gpu_heap_budget_bytes{device=\"GPU \\\"0\\\"\",heap=\"1\"} 134217728\n",
        "framealloc_gpu_heap_limit_bytes{device=\"GPU \\\"0\\\"\",heap=\"1\"} 134217728\n",
        "framealloc_gpu_heap_denials_total{device=\"GPU \\\"0\\\"\",heap=\"0\"} 6\n",
        "framealloc_gpu_tag_bytes{device=\"GPU \\\"0\\\"\",tag=\"world::terrain\"} 8388608\n",
        "framealloc_gpu_tag_limit_bytes{device=\"GPU \\\"0\\\"\",tag=\"hud\"} 6291456\n"}) {
    EXPECT_NE(metrics.out.find(line), std::string::npos) << line << metrics.out;
  }
  EXPECT_EQ(
      metrics.out.find("framealloc_gpu_heap_limit_bytes{device=\"GPU \\\"0\\\"\",heap=\"0\"}"),
      std::string::npos);
#ifdef FA_PROMTOOL
  const std::string file = (folder_ / "metrics.prom").string();
  ASSERT_EQ(run({folder_.string(), "--to", "prometheus", "--output", file}).exit_code, 0);
  const std::string check = "'" FA_PROMTOOL "' check metrics < '" + file + "'";
  const Outcome checked = fa_test::run_program("/bin/sh", {"-c", check});
  EXPECT_EQ(checked.exit_code, 0) << checked.err << checked.out;
#endif
  const std::string trace_file = (folder_ / "out.json").string();
  const Outcome outcome = run({folder_.string(), "--to", "trace", "--output", trace_file});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const CheckedTrace trace(trace_file);
  const auto heap = trace.all("C", "GPU \"0\" heap 0");
  ASSERT_EQ(heap.size(), 3u);
  EXPECT_EQ(heap[0]->at("args.used")->number, 5 << 20);
  EXPECT_EQ(heap[0]->at("args.idle")->number, 1 << 20);
  const auto hud = trace.all("C", "GPU \"0\" tag hud");
  ASSERT_EQ(hud.size(), 3u);
  EXPECT_EQ(hud[0]->at("args.bytes")->number, 2 << 20);
  EXPECT_EQ(hud[1]->at("args.bytes")->number, 0);  // not named
}

TEST_F(Export, SaysWhatItCannotDo) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{},
                                             {folder_.string()},
                                             {"--to", "trace"},
                                             {folder_.string(), "--to", "csv"},
                                             {folder_.string(), "x", "--to", "trace"},
                                             {folder_.string(), "--to", "trace", "--output"}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_NE(outcome.err.find("fa export --help"), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(run({(folder_ / "none").string(), "--to", "trace"}).exit_code, 4);
  for (const char* to : {"trace", "prometheus"}) {
    const Outcome outcome =
        run({folder_.string(), "--to", to, "--output", (folder_ / "none" / "x").string()});
    EXPECT_EQ(outcome.exit_code, 3);
    EXPECT_NE(outcome.err.find("none/x"), std::string::npos) << outcome.err;
  }
  const Outcome full = run({folder_.string(), "--to", "trace", "--output", "/dev/full"});
  EXPECT_EQ(full.exit_code, 3);
  EXPECT_NE(full.err.find("No space left on device"), std::string::npos) << full.err;
  EXPECT_EQ(fa_test::run_program(FA_PROGRAM, {"export", "--help"}).exit_code, 0);
  EXPECT_TRUE(run({"--version"}).out.starts_with("fa export "));
}

TEST_F(Export, DoesNotWriteOntoWhatItReads) {
  const fs::path input = folder_ / "snapshot_0000000000000001.json";
  const std::uintmax_t size = fs::file_size(input);
  fs::create_symlink(input, folder_ / "link");
  fs::create_hard_link(input, folder_ / "hard");
  for (const fs::path& output : {input, folder_ / "link", folder_ / "hard"}) {
    for (const fs::path& source : {input, folder_}) {
      for (const char* to : {"trace", "prometheus"}) {
        const Outcome outcome = run({source.string(), "--to", to, "--output", output.string()});
        EXPECT_EQ(outcome.exit_code, 2) << output;
        EXPECT_NE(outcome.err.find("name another file"), std::string::npos) << outcome.err;
      }
    }
  }
  EXPECT_EQ(fs::file_size(input), size);
}

TEST_F(Export, OnlyTheNewestSnapshotHasToBeWholeForMetrics) {
  const fs::path oldest = folder_ / "snapshot_0000000000000001.json";
  std::ofstream(oldest) << "{\"version\": 1e999}";
  fs::last_write_time(oldest, fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_EQ(run({folder_.string(), "--to", "prometheus"}).exit_code, 0);
  const Outcome trace = run({folder_.string(), "--to", "trace"});
  EXPECT_EQ(trace.exit_code, 4);
  EXPECT_NE(trace.err.find("a number that is too large"), std::string::npos) << trace.err;
}

}  // namespace
