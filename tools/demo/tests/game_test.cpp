// SPDX-License-Identifier: MIT OR Apache-2.0
// The two sides compute the same game, whatever the number of threads.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <string>

#include "interposer.hpp"
#include "jobs.hpp"
#include "options.hpp"
#include "side.hpp"

namespace fa_demo {
namespace {

constexpr int kFrames = 25;

using Maker = std::unique_ptr<Side> (*)(const Options&, JobCrew&);

std::uint64_t play(Maker maker, SceneKind scene, unsigned threads, std::uint64_t seed = 1) {
  Options options;
  options.scene = scene;
  options.threads = threads;
  options.seed = seed;
  JobCrew crew(threads, HandOff::Park);
  const std::unique_ptr<Side> side = maker(options, crew);
  std::uint64_t sum = 0;
  for (int frame = 0; frame < kFrames; ++frame) {
    side->run_frame();
    sum = side->checksum();
  }
  return sum;
}

class SceneTest : public testing::TestWithParam<SceneKind> {};

TEST_P(SceneTest, IsTheSameOnEverySideAndForAnyNumberOfThreads) {
  const std::uint64_t expected = play(&make_malloc_side, GetParam(), 4);
  EXPECT_EQ(play(&make_malloc_side, GetParam(), 4), expected) << "the second run differs";
  EXPECT_EQ(play(&make_malloc_side, GetParam(), 1), expected);
  EXPECT_EQ(play(&make_framealloc_side, GetParam(), 4), expected);
  EXPECT_EQ(play(&make_framealloc_side, GetParam(), 3), expected);
  EXPECT_EQ(play(&make_kept_side, GetParam(), 4), expected);
  EXPECT_EQ(play(&make_kept_side, GetParam(), 1), expected);
  EXPECT_NE(play(&make_malloc_side, GetParam(), 4, 2), expected) << "the seed has no effect";
}

TEST_P(SceneTest, TheBehaviorFilterChangesNothingAndFindsChurn) {
  Options options;
  options.scene = GetParam();
  options.seed = 1;
  JobCrew crew(3, HandOff::Park);
  const std::unique_ptr<Side> plain = make_framealloc_side(options, crew);
  options.behavior = true;
  const std::unique_ptr<Side> watched = make_framealloc_side(options, crew);
  for (int frame = 0; frame < kFrames; ++frame) {
    plain->run_frame();
    watched->run_frame();
    ASSERT_EQ(plain->checksum(), watched->checksum()) << "frame " << frame;
  }
  EXPECT_FALSE(plain->features().behavior.known);
  const BehaviorUse use = watched->features().behavior;
  EXPECT_TRUE(use.known);
  EXPECT_EQ(use.frames, static_cast<std::uint64_t>(kFrames));
  // The queries promote results in every frame, which is what they are there to show.
  std::set<std::string> codes;
  for (const BehaviorFinding& finding : use.findings) {
    codes.insert(finding.code);
    EXPECT_GT(finding.value, finding.threshold);
    EXPECT_FALSE(finding.message.empty());
  }
  EXPECT_TRUE(codes.contains("FA520"));
  EXPECT_FALSE(codes.contains("FA510")) << "entities live for many frames";
}

TEST_P(SceneTest, HasWhatThePageSays) {
  Options options;
  options.scene = GetParam();
  JobCrew crew(4, HandOff::Park);
  for (const Maker maker : {&make_malloc_side, &make_framealloc_side, &make_kept_side}) {
    const std::unique_ptr<Side> side = maker(options, crew);
    for (int frame = 0; frame < 100; ++frame) side->run_frame();
    const SceneCounts counts = side->counts();
    EXPECT_GE(counts.bodies, 2000U);
    EXPECT_EQ(counts.particles, 20'000U);
    EXPECT_GE(counts.contacts, 100U);
    EXPECT_GE(counts.entities, 1000U);
    EXPECT_GT(counts.died, 0U);
    EXPECT_EQ(counts.spawned, counts.entities + counts.died);
    EXPECT_GT(counts.draw_items, 1000U);
    EXPECT_GT(counts.labels, 0U);
  }
}

// The store of malloc and the streaming allocator evict the same textures, and both sides keep the
// same results.
TEST(Features, DoTheSameWorkOnBothSides) {
  JobCrew crew(2, HandOff::Park);
  const std::unique_ptr<Side> ours = make_framealloc_side({}, crew);
  const std::unique_ptr<Side> theirs = make_malloc_side({}, crew);
  for (int frame = 0; frame < 200; ++frame) {
    ours->run_frame();
    theirs->run_frame();
  }
  const FeatureUse a = ours->features();
  const FeatureUse b = theirs->features();
  EXPECT_EQ(a.handles.live, b.handles.live);
  EXPECT_GT(a.handles.moved, 0U);
  EXPECT_EQ(b.handles.moved, 0U);
  EXPECT_TRUE(a.handles.fragmentation_known && !b.handles.fragmentation_known);
  // How much less of it there is after a compaction depends on the time that it had.
  EXPECT_GT(a.handles.fragmentation.before, 0.0);
  EXPECT_LT(a.handles.fragmentation.after, 1.0);
  EXPECT_EQ(a.streaming.budget, b.streaming.budget);
  EXPECT_LE(a.streaming.resident_bytes, a.streaming.budget);
  EXPECT_EQ(a.streaming.resident_bytes, b.streaming.resident_bytes);
  EXPECT_GT(a.streaming.evictions, 10U);
  EXPECT_EQ(a.streaming.evictions, b.streaming.evictions);
  EXPECT_EQ(a.streaming.loads, b.streaming.loads);
  EXPECT_EQ(a.streaming.hits, b.streaming.hits);
  EXPECT_GT(a.retention.promoted, 100U);
  EXPECT_EQ(a.retention.promoted, b.retention.promoted);
  EXPECT_EQ(a.retention.discarded, b.retention.discarded);
}

INSTANTIATE_TEST_SUITE_P(Scenes, SceneTest,
                         testing::Values(SceneKind::Pyramid, SceneKind::Rain, SceneKind::Swarm),
                         [](const auto& scene) { return std::string(scene_name(scene.param)); });

TEST(FrameallocSide, WritesSnapshotsAfterInspectedFrames) {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() / ("fa_demo_snapshots_" + std::to_string(getpid()));
  Options options;
  options.snapshots = folder.string();
  JobCrew crew(2, HandOff::Park);
  const std::unique_ptr<Side> side = make_framealloc_side(options, crew);
  for (int frame = 0; frame < 3; ++frame) side->run_frame();
  EXPECT_FALSE(fs::exists(folder)) << "a frame that is timed has written";
  (void)side->inspect_frame();
  std::ostringstream text;
  text << std::ifstream(folder / "snapshot_0000000000000004.json").rdbuf();
  for (const char* word : {"\"version\": 3", "\"game::physics\"", "\"hard_limit\": 25165824",
                           "\"name\": \"game\"", "\"draw list\""}) {
    EXPECT_NE(text.str().find(word), std::string::npos) << word;
  }
  fs::remove_all(folder);
}

TEST(FrameallocSide, KnowsItsMemoryByTagPhaseAndBudget) {
  const Options options;
  JobCrew crew(2, HandOff::Park);
  const std::unique_ptr<Side> side = make_framealloc_side(options, crew);
  for (int frame = 0; frame < 10; ++frame) side->run_frame();
  const MemoryReport report = side->inspect_frame();
  ASSERT_TRUE(report.known);
  EXPECT_GT(report.frame_allocations, 1000U);
  EXPECT_GE(report.reserved_bytes, report.frame_bytes);
  std::size_t by_tag = 0;
  for (const TagUse& tag : report.tags) by_tag += tag.frame_bytes;
  EXPECT_EQ(by_tag, report.frame_bytes) << "the tags do not add up";
  ASSERT_EQ(report.budgets.size(), 10U);
  for (const BudgetUse& budget : report.budgets) {
    EXPECT_GT(budget.peak, 0U) << budget.tag;
    EXPECT_LE(budget.peak, budget.limit) << budget.tag;
    EXPECT_EQ(budget.denials, 0U) << budget.tag;
  }
  std::set<std::string> phases;
  for (const PhaseUse& phase : report.phases) phases.insert(phase.name);
  for (const PhaseTime& time : side->phase_times()) {
    EXPECT_TRUE(phases.contains(std::string(time.name))) << time.name;
  }
}

// What lives for a frame takes nothing from malloc once it has grown; what is left are entities and
// other things with a life of their own.
TEST(KeptSide, CallsMallocForAFewThingsOnly) {
  JobCrew crew(2, HandOff::Park);
  const std::unique_ptr<Side> kept = make_kept_side({}, crew);
  const std::unique_ptr<Side> plain = make_malloc_side({}, crew);
  const auto calls_of = [](Side& side) {
    for (int frame = 0; frame < 100; ++frame) side.run_frame();
    start_call_census();
    side.run_frame();
    return stop_call_census().of(Caller::Ours).allocations;
  };
  learn_callers();
  const std::uint64_t careful = calls_of(*kept), careless = calls_of(*plain);
  if (can_count_calls()) {
    EXPECT_LT(careful, 200U);
    EXPECT_GT(careless, 1000U);
  }
}

TEST(MimallocSide, PlaysTheSameGameOnMimalloc) {
  const std::string missing = load_mimalloc();
  if (!missing.empty()) {
    EXPECT_FALSE(can_count_calls() && missing.find("libmimalloc") == std::string::npos) << missing;
    return;  // not installed: --with mimalloc says so and goes on
  }
  EXPECT_EQ(play(&make_mimalloc_side, SceneKind::Swarm, 2),
            play(&make_malloc_side, SceneKind::Swarm, 2));
}

TEST(MallocSide, ClaimsToKnowNothing) {
  JobCrew crew(1, HandOff::Park);
  const std::unique_ptr<Side> side = make_malloc_side({}, crew);
  EXPECT_FALSE(side->inspect_frame().known);
}

}  // namespace
}  // namespace fa_demo
