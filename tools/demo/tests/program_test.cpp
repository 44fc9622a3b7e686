// SPDX-License-Identifier: MIT OR Apache-2.0
// fa-demo as a user runs it.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "test_support/json_reader.hpp"
#include "test_support/program.hpp"

namespace {

namespace fs = std::filesystem;
using fa_test::Json;
using fa_test::JsonReader;
using fa_test::Outcome;
using fa_test::run_program;

Json read_json(const Outcome& outcome) {
  const std::optional<Json> json = JsonReader::read(outcome.out);
  EXPECT_TRUE(json.has_value()) << outcome.out.substr(0, 400) << outcome.err;
  return json.value_or(Json{});
}

double number(const Json& json, const std::string& path) {
  const Json* value = json.at(path);
  if (value == nullptr ||
      (value->kind != Json::Kind::Number && value->kind != Json::Kind::Boolean)) {
    ADD_FAILURE() << "no number at " << path;
    return -1.0;
  }
  return value->number;
}

std::string text(const Json& json, const std::string& path) {
  const Json* value = json.at(path);
  if (value == nullptr) ADD_FAILURE() << "nothing at " << path;
  return value == nullptr ? "" : value->text;
}

class SceneProgram : public testing::TestWithParam<const char*> {};

TEST_P(SceneProgram, SteadyFramesHaveNoMemoryTrafficOnFramealloc) {
  std::vector<std::string> words{"demo", "--scene", GetParam(), "--frames", "90", "--json"};
  // A sanitizer's own memory makes calls, system calls and page faults of its own, and nothing of
  // ours can be counted beside it: there the run is only short, and must claim nothing.
  if (FA_DEMO_SANITIZED) {
    words.insert(words.end(), {"--frames", "10", "--warm-up", "5", "--no-trace"});
  }
  const Outcome outcome = run_program(FA_PROGRAM, words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = read_json(outcome);
  EXPECT_EQ(number(json, "same_checksums"), 1.0);
  EXPECT_EQ(text(json, "sides.0.name"), "framealloc");
  EXPECT_EQ(text(json, "sides.1.name"), "malloc");
  EXPECT_EQ(text(json, "sides.2.name"), "kept");
  EXPECT_EQ(text(json, "sides.0.checksum"), text(json, "sides.1.checksum"));
  EXPECT_GT(number(json, "sides.0.counted_frames.0.memory.frame_allocations"), 1000.0);
  if (number(json, "calls_counted") != 1.0) {
    EXPECT_EQ(json.at("sides.0.steady_frame.our_allocations")->kind, Json::Kind::Null);
    EXPECT_EQ(number(json, "steady_frame_clean"), 0.0);
    return;
  }
  EXPECT_EQ(number(json, "sides.0.steady_frame.our_allocations"), 0.0);
  EXPECT_EQ(number(json, "sides.0.steady_frame.our_mappings"), 0.0);
  // The same counters do see the other side.
  EXPECT_GT(number(json, "sides.1.steady_frame.our_allocations"), 1000.0);
  EXPECT_EQ(number(json, "sides.0.steady_frame.page_faults"), 0.0);
  if (number(json, "sides.0.system_calls.measured") == 1.0) {
    EXPECT_EQ(number(json, "sides.0.system_calls.memory"), 0.0);
    EXPECT_EQ(number(json, "sides.0.system_calls.futex"), 0.0);
    EXPECT_GT(number(json, "sides.0.system_calls.job_hand_off"), 0.0);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, SceneProgram, testing::Values("pyramid", "rain", "swarm"),
                         [](const auto& scene) { return std::string(scene.param); });

TEST(DemoProgram, SaysItsFirstFiguresWhereNoBarIsDrawn) {
  const std::vector<std::string> words{"--frames", "61", "--warm-up", "2", "--no-trace"};
  const Outcome loud = run_program(FA_DEMO_PROGRAM, words);
  ASSERT_EQ(loud.exit_code, 0) << loud.err;
  EXPECT_EQ(loud.err.rfind("frame so far: framealloc ", 0), 0U) << loud.err;
  EXPECT_EQ(loud.err.find('\n'), loud.err.size() - 1) << loud.err;
  for (const char* const more : {"--quiet", "--json"}) {
    std::vector<std::string> quieter = words;
    quieter.emplace_back(more);
    EXPECT_EQ(run_program(FA_DEMO_PROGRAM, quieter).err, "") << more;
  }
}

TEST(DemoProgram, WritesEveryDocumentedMember) {
  const Outcome outcome = run_program(
      FA_DEMO_PROGRAM,
      {"--frames", "5", "--warm-up", "12", "--format=json", "--no-trace", "--behavior"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  const Json json = read_json(outcome);
  EXPECT_EQ(text(json, "schema"), "framealloc.demo.v1");
  for (const char* path : {"options.scene",
                           "options.frames",
                           "options.warm_up",
                           "options.threads",
                           "options.seed",
                           "options.hand_off",
                           "options.behavior",
                           "machine.processor",
                           "machine.cores",
                           "machine.system",
                           "machine.compiler",
                           "machine.c_library",
                           "machine.box2d",
                           "frames_run",
                           "seconds",
                           "interrupted",
                           "same_checksums",
                           "calls_counted",
                           "page_faults_counted",
                           "steady_frame_clean",
                           "sides.0.name",
                           "sides.0.checksum",
                           "sides.0.frame_time_ns.p50",
                           "sides.0.frame_time_ns.p99",
                           "sides.0.frame_time_ns.p99_9",
                           "sides.0.frame_time_ns.max",
                           "sides.0.frame_time_ns.mean",
                           "sides.0.processor_time_ns.p50",
                           "sides.0.scene.bodies",
                           "sides.0.scene.contacts",
                           "sides.0.scene.particles",
                           "sides.0.scene.entities",
                           "sides.0.handles.live",
                           "sides.0.handles.moved",
                           "sides.0.handles.fragmentation_before",
                           "sides.0.handles.fragmentation_after",
                           "sides.0.streaming.budget",
                           "sides.0.streaming.resident_bytes",
                           "sides.0.streaming.loads",
                           "sides.0.streaming.hits",
                           "sides.0.streaming.evictions",
                           "sides.0.retention.promoted",
                           "sides.0.retention.discarded",
                           "sides.0.behavior.frames",
                           "sides.0.behavior.findings.0.code",
                           "sides.0.behavior.findings.0.tag",
                           "sides.0.behavior.findings.0.threshold",
                           "sides.0.steady_frame.frames",
                           "sides.0.steady_frame.counted_frames",
                           "sides.0.steady_frame.our_allocations",
                           "sides.0.steady_frame.our_bytes",
                           "sides.0.steady_frame.box2d_allocations",
                           "sides.0.steady_frame.all_allocations",
                           "sides.0.steady_frame.our_mappings",
                           "sides.0.steady_frame.page_faults",
                           "sides.0.steady_frame.most_page_faults",
                           "sides.0.steady_frame.page_faults_in_physics",
                           "sides.0.steady_frame.frames_with_page_faults",
                           "sides.0.system_calls.measured",
                           "sides.0.system_calls.why_not",
                           "sides.0.system_calls.memory",
                           "sides.0.system_calls.futex",
                           "sides.0.system_calls.other",
                           "sides.0.system_calls.job_hand_off",
                           "sides.0.system_calls.by_name",
                           "sides.0.phase_times.0.phase",
                           "sides.0.phase_times.0.mean_ns",
                           "sides.0.phase_times.0.median_ns",
                           "sides.0.our_time_ns.p50",
                           "bug",
                           "sides.0.counted_frames.0.frame",
                           "sides.0.counted_frames.0.page_faults",
                           "sides.0.counted_frames.0.memory.tags.0.tag",
                           "sides.0.counted_frames.0.memory.phases.0.phase",
                           "sides.0.counted_frames.0.memory.budgets.0.limit",
                           "sides.0.frame_ns.4"}) {
    EXPECT_NE(json.at(path), nullptr) << path;
  }
  EXPECT_EQ(json.at("sides.1.counted_frames.0.memory")->kind, Json::Kind::Null);
}

TEST(DemoProgram, IsTheSameAgainAndWithOtherThreads) {
  const auto checksum = [](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--frames", "20",         "--warm-up", "5",
                                   "--json",   "--no-trace", "--only",    "framealloc"};
    words.insert(words.end(), more.begin(), more.end());
    return text(read_json(run_program(FA_DEMO_PROGRAM, words)), "sides.0.checksum");
  };
  const std::string first = checksum({"--threads", "4"});
  EXPECT_EQ(first.size(), 16U);
  EXPECT_EQ(checksum({"--threads", "4"}), first);
  EXPECT_EQ(checksum({"--threads", "1"}), first);
  EXPECT_EQ(checksum({"--threads", "7", "--hand-off", "spin"}), first);
  EXPECT_NE(checksum({"--seed", "5"}), first);
}

TEST(DemoProgram, ReportsWhatItCannotDo) {
  EXPECT_EQ(run_program(FA_DEMO_PROGRAM, {"--frames", "none"}).exit_code, 2);
  const Outcome outcome =
      run_program(FA_DEMO_PROGRAM, {"--report", "no/such/folder/report.html", "--frames", "5"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_NE(outcome.err.find("no/such/folder/report.html"), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "") << "it found out too late";
}

TEST(DemoProgram, CheckFailsWhereNothingWasShown) {
  const Outcome outcome = run_program(FA_DEMO_PROGRAM, {"--frames", "5", "--warm-up", "0", "--only",
                                                        "framealloc", "--no-trace", "--check"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_NE(outcome.out.find("system calls were not counted"), std::string::npos) << outcome.out;
}

// The bug of the demo is caught at the access, with the frame, the tag and the line of the
// allocation.
TEST(DemoProgram, ShowsAStalePointerBeingCaught) {
  const Outcome outcome = run_program(FA_DEMO_PROGRAM, {"--frames", "2", "--warm-up", "0", "--only",
                                                        "framealloc", "--no-trace", "--show-bug"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* part : {"caught by guard mode Pages", "frame memory of frame 20",
                           "forgetful_game.hpp:", "(note) under tag game::hud",
                           "used 2 frames after its frame ended", "access: read"}) {
    EXPECT_NE(outcome.out.find(part), std::string::npos) << part << "\n" << outcome.out;
  }
}

TEST(DemoProgram, WritesThePage) {
  std::string pattern = (fs::temp_directory_path() / "fa-demo-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path file = fs::path(pattern) / "report.html";
  const Outcome outcome = run_program(FA_DEMO_PROGRAM, {"--frames", "5", "--warm-up", "0",
                                                        "--no-trace", "--report", file.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::stringstream page;
  page << std::ifstream(file).rdbuf();
  fs::remove_all(pattern);
  EXPECT_TRUE(page.str().starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.str().ends_with("</html>\n"));
}

TEST(DemoProgram, WritesTheTrace) {
  std::string pattern = (fs::temp_directory_path() / "fa-demo-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  const fs::path file = fs::path(pattern) / "trace.json";
  const Outcome outcome =
      run_program(FA_DEMO_PROGRAM, {"--frames", "5", "--warm-up", "0", "--only", "framealloc",
                                    "--no-trace", "--trace", file.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  fs::remove_all(pattern);
  const auto trace = fa_test::JsonReader::read(text.str());
  ASSERT_TRUE(trace.has_value());
  std::size_t frames = 0, physics = 0, counters = 0;
  for (const Json& event : trace->items) {
    const std::string& phase = event.at("ph")->text;
    const std::string& name = event.at("name")->text;
    if (phase == "X" && name.starts_with("frame")) ++frames;
    if (phase == "X" && name == "physics") ++physics;
    if (phase == "C" && name == "bytes in use") ++counters;
  }
  EXPECT_EQ(frames, 240u);
  EXPECT_EQ(physics, 240u);
  EXPECT_EQ(counters, 240u);
}

TEST(DemoProgram, AnInterruptEndsItOrderlyWithAReport) {
  const Outcome outcome = run_program(
      FA_DEMO_PROGRAM, {"--frames", "100000", "--warm-up", "10", "--no-trace", "--json"}, {}, 1500);
  EXPECT_EQ(outcome.exit_code, 130) << outcome.err;
  const Json json = read_json(outcome);
  EXPECT_EQ(number(json, "interrupted"), 1.0);
  EXPECT_LT(number(json, "frames_run"), 100000.0);
}

TEST(DemoProgram, HelpAndVersionSucceed) {
  const Outcome help = run_program(FA_PROGRAM, {"demo", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_TRUE(help.out.starts_with("fa demo")) << help.out;
  const Outcome version = run_program(FA_DEMO_PROGRAM, {"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.out.starts_with("fa demo ")) << version.out;
}

}  // namespace
