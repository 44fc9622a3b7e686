// SPDX-License-Identifier: MIT OR Apache-2.0
// The code of the README, compiled and run.
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "mixed_scene.hpp"

namespace {

std::size_t thuds = 0;
std::size_t doors = 0;
std::size_t losses = 0;
void play_thud(b2Vec2, float) { ++thuds; }
void open_door(std::uintptr_t) { ++doors; }
void note_loss(std::size_t missing) { losses += missing; }

// From here
void play(b2World& world, framealloc::SmartAlloc& alloc, int frames) {
  framealloc::box2d::EventCollector collector(world, alloc);
  for (int i = 0; i < frames; ++i) {
    const framealloc::ScopedFrame frame = alloc.scoped_frame();
    const framealloc::box2d::StepEvents events = collector.step(alloc);
    for (const auto& hit : events.hits) play_thud(hit.point, hit.normal_impulse);
    for (const auto& entered : events.sensor_begins) open_door(entered.sensor_user);
    if (!events.complete()) note_loss(events.dropped);
  }
}
// to here

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Readme, ShowsThisCode) {
  const std::string source = text_of(__FILE__);
  const std::string begin = "// From here\n";
  const std::size_t from = source.find(begin) + begin.size();
  const std::string code = source.substr(from, source.find("// to here\n") - from);
  ASSERT_GT(code.size(), 100U);
  EXPECT_NE(text_of(FA_README).find(code), std::string::npos)
      << FA_README << " does not show the code of " << __FILE__;
}

TEST(Readme, ItsCodeRuns) {
  framealloc::SmartAlloc alloc;
  box2d_test::MixedScene scene(120);
  play(scene.world, alloc, 90);
  EXPECT_GT(thuds, 0U);
  EXPECT_GT(doors, 0U);
  EXPECT_EQ(losses, 0U);
}

}  // namespace
