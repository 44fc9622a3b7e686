// SPDX-License-Identifier: MIT OR Apache-2.0
// The code of the README, compiled and run.
#include <gtest/gtest.h>
#include <framealloc/bullet/physics.hpp>
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>

#include "falling_scene.hpp"

namespace {

std::size_t thuds = 0;
std::size_t parted = 0;
std::size_t losses = 0;
void play_thud(const void*, const void*) { ++thuds; }
void part(const void*, const void*) { ++parted; }
void note_loss(std::size_t missing) { losses += missing; }

// From here
void play(btDynamicsWorld& world, framealloc::SmartAlloc& alloc, int frames) {
  framealloc::bullet::EventTracker tracker(world, alloc);
  for (int i = 0; i < frames; ++i) {
    const framealloc::ScopedFrame frame = alloc.scoped_frame();
    const framealloc::bullet::StepEvents events = tracker.step(alloc);
    for (const auto& begin : events.begins) play_thud(begin.user_a, begin.user_b);
    for (const auto& end : events.ends) part(end.user_a, end.user_b);
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

TEST(BulletReadme, ShowsThisCode) {
  const std::string source = text_of(__FILE__);
  const std::string begin = "// From here\n";
  const std::size_t from = source.find(begin) + begin.size();
  const std::string code = source.substr(from, source.find("// to here\n") - from);
  ASSERT_GT(code.size(), 100U);
  EXPECT_NE(text_of(FA_README).find(code), std::string::npos)
      << FA_README << " does not show the code of " << __FILE__;
}

TEST(BulletReadme, ItsCodeRuns) {
  framealloc::SmartAlloc alloc;
  bullet_test::FallingScene scene(120);
  play(scene.world, alloc, 120);
  EXPECT_GT(thuds, 0U);
  EXPECT_GT(parted, 0U);
  EXPECT_EQ(losses, 0U);
}

}  // namespace
