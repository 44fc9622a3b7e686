// SPDX-License-Identifier: MIT OR Apache-2.0
// What is gathered equals what a twin world tells a hand-written listener, to the bit and in order.
#include <gtest/gtest.h>
#include <framealloc/box2d/physics.hpp>

#include <cstddef>

#include "gathered_records.hpp"
#include "hand_written_listener.hpp"
#include "mixed_scene.hpp"

namespace {

namespace fb = framealloc::box2d;
using box2d_test::HandWrittenListener;
using box2d_test::MixedScene;
using box2d_test::records;
using box2d_test::state_of;

constexpr std::size_t kSteps = 600;

// What a run of the scene has shown, so that a test does not pass on an idle one.
struct Seen {
  std::size_t contacts = 0, begins = 0, ends = 0, hits = 0, sensor_begins = 0, sensor_ends = 0;
  void add(const fb::StepEvents& events) {
    contacts += events.contacts.size();
    begins += events.begins.size();
    ends += events.ends.size();
    hits += events.hits.size();
    sensor_begins += events.sensor_begins.size();
    sensor_ends += events.sensor_ends.size();
  }
};

// Runs `gather` on one world, a hand-written listener on its twin and nothing on a third.
template <class Gather>
Seen expect_twins(MixedScene& ours, HandWrittenListener* chained, Gather&& gather) {
  framealloc::SmartAlloc alloc;
  MixedScene twin;
  MixedScene untouched;
  HandWrittenListener listener;
  twin.world.SetContactListener(&listener);
  Seen seen;
  for (std::size_t step = 0; step < kSteps && !testing::Test::HasFailure(); ++step) {
    SCOPED_TRACE(testing::Message() << "step " << step);
    ours.before_step(step);
    twin.before_step(step);
    untouched.before_step(step);
    listener.start_step();
    if (chained != nullptr) chained->start_step();
    alloc.begin_frame();
    const fb::StepEvents events = gather(alloc);
    twin.world.Step(MixedScene::kTimeStep, 8, 3);
    untouched.world.Step(MixedScene::kTimeStep, 8, 3);
    EXPECT_TRUE(events.complete());
    EXPECT_EQ(records(events.begins), listener.begins);
    EXPECT_EQ(records(events.ends), listener.ends);
    EXPECT_EQ(records(events.hits), listener.hits);
    EXPECT_EQ(records(events.sensor_begins), listener.sensor_begins);
    EXPECT_EQ(records(events.sensor_ends), listener.sensor_ends);
    EXPECT_EQ(records(events.contacts), HandWrittenListener::contacts_of(twin.world));
    EXPECT_EQ(state_of(ours.world), state_of(twin.world));
    EXPECT_EQ(state_of(ours.world), state_of(untouched.world));
    if (chained != nullptr) {
      EXPECT_EQ(chained->calls, listener.calls);
    }
    seen.add(events);
    alloc.end_frame();
  }
  EXPECT_GT(listener.repeated_hits, 0U) << "no contact was solved twice in a step";
  return seen;
}

void expect_busy(const Seen& seen) {
  EXPECT_GT(seen.contacts, kSteps * 120);
  EXPECT_GT(seen.begins, 5000U);
  EXPECT_GT(seen.ends, 5000U);
  EXPECT_GT(seen.hits, 5000U);
  EXPECT_GT(seen.sensor_begins, 100U);
  EXPECT_GT(seen.sensor_ends, 100U);
}

TEST(ExactEvents, OfAWorldWithoutAListener) {
  MixedScene ours;
  expect_busy(expect_twins(ours, nullptr, [&](framealloc::SmartAlloc& alloc) {
    return fb::step_with_events(ours.world, alloc);
  }));
}

TEST(ExactEvents, OfAWorldWithAListenerWhichSeesEveryCall) {
  MixedScene ours;
  HandWrittenListener chained;
  ours.world.SetContactListener(&chained);
  expect_busy(expect_twins(ours, &chained, [&](framealloc::SmartAlloc& alloc) {
    const fb::StepEvents events = fb::step_with_events(ours.world, alloc);
    EXPECT_EQ(ours.world.GetContactManager().m_contactListener, &chained);
    return events;
  }));
}

TEST(ExactEvents, OfACollector) {
  MixedScene ours;
  HandWrittenListener chained;
  ours.world.SetContactListener(&chained);
  {
    framealloc::SmartAlloc alloc;
    fb::EventCollector collector(ours.world, alloc);
    expect_busy(expect_twins(
        ours, &chained, [&](framealloc::SmartAlloc& frames) { return collector.step(frames); }));
  }
  EXPECT_EQ(ours.world.GetContactManager().m_contactListener, &chained);
}

TEST(ExactEvents, HitsAreTheStrongestPushOfEachContact) {
  framealloc::SmartAlloc alloc;
  MixedScene ours;
  MixedScene twin;
  HandWrittenListener listener;
  listener.min_hit_impulse = 0.25F;
  twin.world.SetContactListener(&listener);
  fb::StepSettings settings;
  settings.min_hit_impulse = 0.25F;
  std::size_t most = 0;
  for (std::size_t step = 0; step < 200; ++step) {
    ours.before_step(step);
    twin.before_step(step);
    listener.start_step();
    alloc.begin_frame();
    const fb::StepEvents events = fb::step_with_events(ours.world, alloc, settings);
    twin.world.Step(MixedScene::kTimeStep, 8, 3);
    ASSERT_EQ(records(events.hits), listener.hits) << "step " << step;
    most = std::max(most, events.hits.size());
    alloc.end_frame();
  }
  EXPECT_GT(most, 300U) << "the table of hits was not needed";
  EXPECT_GT(listener.repeated_hits, 0U);
}

}  // namespace
