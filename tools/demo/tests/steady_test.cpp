// SPDX-License-Identifier: MIT OR Apache-2.0
// The claim of the demo, looked at from outside: in a steady frame on framealloc nobody in the
// process calls malloc, on whatever thread. (fa demo counts with means of its own.)
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <gtest/gtest.h>

#include <memory>

#include "jobs.hpp"
#include "options.hpp"
#include "side.hpp"

namespace fa_demo {
namespace {

using framealloc::testing::HeapCalls;
using framealloc::testing::NoHeapInScope;

class SteadyFrame : public testing::TestWithParam<SceneKind> {};

TEST_P(SteadyFrame, CallsNoMalloc) {
  Options options;
  options.scene = GetParam();
  JobCrew crew(3, HandOff::Park);
  const std::unique_ptr<Side> side = make_framealloc_side(options, crew);
  for (int frame = 0; frame < 120; ++frame) side->run_frame();
  for (int frame = 0; frame < 20; ++frame) {
    const NoHeapInScope none(HeapCalls::OfAllThreads);
    side->run_frame();
    ASSERT_TRUE(none) << "frame " << frame << ": " << none.message();
  }
}

INSTANTIATE_TEST_SUITE_P(Scenes, SteadyFrame,
                         testing::Values(SceneKind::Pyramid, SceneKind::Rain, SceneKind::Swarm),
                         [](const auto& scene) { return std::string(scene_name(scene.param)); });

}  // namespace
}  // namespace fa_demo
