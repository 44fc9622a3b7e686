// SPDX-License-Identifier: MIT OR Apache-2.0
// What Tracy is told, in order.
#include <framealloc/tracy/profile.hpp>

#include "example.hpp"
#include "support/fake_device.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace framealloc::tracing {
namespace {

using Calls = std::vector<std::string>;

class TracyProfile : public ::testing::Test {
 protected:
  TracyProfile() {
    ::tracy::recorded.clear();
    ::tracy::held.clear();
  }
  static Calls take() { return std::exchange(::tracy::recorded, {}); }
};

TEST_F(TracyProfile, TellsThreeFramesInOrder) {
  SmartAlloc alloc;
  Profile profile(alloc);
  ASSERT_TRUE(profile);
  EXPECT_EQ(take(), (Calls{"memory plot framealloc frame", "memory plot framealloc pool",
                           "memory plot framealloc heap", "memory plot framealloc reserved"}));
  int* const block = profile.heap_alloc<int>(4);
  const std::string heap = std::to_string(alloc.stats().heap_allocated);
  EXPECT_EQ(take(), Calls{"alloc 16 in pool and heap memory"});
  for (const std::size_t count : {10U, 0U, 20U}) {
    alloc.begin_frame();
    {
      FRAMEALLOC_TRACY_PHASE(alloc, "physics");
      if (count != 0) {
        EXPECT_NE(profile.frame_alloc<double>(count), nullptr);
      }
    }
    alloc.end_frame();
    Calls expected{"zone physics"};
    if (count != 0) {
      expected.push_back("alloc " + std::to_string(count * 8) + " in frame memory");
    }
    expected.emplace_back("zone end physics");
    if (count != 0) expected.emplace_back("discard frame memory");
    expected.push_back("plot framealloc frame=" + std::to_string(count * 8));
    expected.emplace_back("plot framealloc pool=0");
    expected.push_back("plot framealloc heap=" + heap);
    expected.push_back("plot framealloc reserved=" + std::to_string(alloc.stats().reserved));
    expected.emplace_back("frame");
    EXPECT_EQ(take(), expected);
  }
  profile.heap_free(block);
  EXPECT_EQ(take(), Calls{"free in pool and heap memory"});
}

TEST_F(TracyProfile, DiscardsAFrameWhenItsMemoryEnds) {
  SmartAlloc alloc(AllocConfig{.frames_in_flight = 2});
  Profile profile(alloc);
  take();
  Calls discarded;
  for (int frame = 1; frame <= 4; ++frame) {
    alloc.begin_frame();
    // Frames 1 and 2 are told of; the memory of frame 1 lives until frame 2 ends.
    if (frame <= 2) {
      EXPECT_NE(profile.frame_alloc<int>(), nullptr);
    }
    alloc.end_frame();
    std::string call = std::to_string(frame);
    for (const std::string& one : take()) {
      if (one.starts_with("discard")) call += ": " + one;
    }
    discarded.push_back(call);
  }
  EXPECT_EQ(discarded, (Calls{"1", "2: discard frame memory 2", "3: discard frame memory", "4"}));
}

TEST_F(TracyProfile, TellsWhatWasDenied) {
  SmartAlloc alloc(AllocConfig{.enable_budgets = true});
  alloc.print_reports(false);
  alloc.budgets()->register_tag_budget("hud", 0, 1024);
  Profile profile(alloc);
  take();
  alloc.begin_frame();
  alloc.with_tag("hud", [&] { EXPECT_EQ(profile.frame_alloc<char>(5000), nullptr); });
  const Calls calls = take();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_TRUE(calls[0].starts_with("message budget denied under hud: wanted ")) << calls[0];
  EXPECT_NE(calls[0].find("of 1 KiB (1024 B) #14696512"), std::string::npos) << calls[0];
  alloc.end_frame();
}

TEST_F(TracyProfile, TellsOfMemoryPressure) {
  SmartAlloc alloc(AllocConfig{.global_memory_limit = std::size_t{64} << 20});
  Profile profile(alloc);
  take();
  alloc.notify_memory_pressure(PressureLevel::Critical);
  const Calls calls = take();
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_TRUE(calls[0].starts_with("message memory pressure: wanted 0 B, used ")) << calls[0];
  EXPECT_NE(calls[0].find(" of 64 MiB (67108864 B) #14721088"), std::string::npos) << calls[0];
}

TEST_F(TracyProfile, TellsBlocksByTheirAddressAndOfPoolBlocksToo) {
  SmartAlloc alloc;
  Profile profile(alloc);
  take();
  double* const pooled = profile.pool_alloc<double>();
  char* const heap = profile.heap_alloc<char>(5);
  const std::set<const void*>& held = ::tracy::held["pool and heap memory"];
  EXPECT_EQ(held, (std::set<const void*>{pooled, heap}));
  profile.pool_free(pooled);
  EXPECT_EQ(held, (std::set<const void*>{heap}));
  profile.heap_free(heap);
  EXPECT_EQ(held.size(), 0U);
  EXPECT_EQ(take(), (Calls{"alloc 8 in pool and heap memory", "alloc 5 in pool and heap memory",
                           "free in pool and heap memory", "free in pool and heap memory"}));
  profile.pool_free(static_cast<double*>(nullptr));
  profile.heap_free(static_cast<char*>(nullptr));
  EXPECT_EQ(take(), Calls{});
}

TEST_F(TracyProfile, TellsNothingOfWhatWasDenied) {
  SmartAlloc alloc(AllocConfig{.on_report = [](const Report&, void*) {}});
  Profile profile(alloc);
  take();
  EXPECT_EQ(profile.frame_alloc<int>(), nullptr);  // no frame is open
  EXPECT_EQ(profile.heap_alloc<int>(SIZE_MAX), nullptr);
  alloc.begin_frame();
  alloc.end_frame();
  for (const std::string& call : take()) EXPECT_TRUE(call.starts_with("plot") || call == "frame");
}

TEST_F(TracyProfile, PlotsDevicesWhereThereAreAny) {
  SmartAlloc alloc;
  alloc.print_reports(false);
  Profile profile(alloc);
  take();
  alloc.begin_frame();
  alloc.end_frame();
  for (const std::string& call : take()) EXPECT_EQ(call.find("device"), std::string::npos) << call;
  {
    const testing::RegisteredDevice fake(alloc);
    ASSERT_TRUE(fake);
    FrameEvent event;
    event.kind = FrameEventKind::GpuBudgetDenied;
    event.size = 2048;
    event.used = event.limit = 1024;
    alloc.emit(event, alloc.tag("hud"));
    event.kind = FrameEventKind::GpuFrameEnd;
    alloc.emit(event);
    EXPECT_EQ(take(),
              (Calls{"message device budget denied under hud: wanted 2 KiB (2048 B), used 1 "
                     "KiB (1024 B) of 1 KiB (1024 B) #14696512",
                     "frame device frame"}));
    alloc.begin_frame();
    alloc.end_frame();
    const Calls calls = take();
    const auto told = [&calls](std::string_view call) { return std::ranges::count(calls, call); };
    EXPECT_EQ(told("memory plot device memory used"), 1);
    EXPECT_EQ(told("plot device memory used=6291456"), 1);
    EXPECT_EQ(told("plot device memory reserved=8388608"), 1);
    EXPECT_EQ(calls.back(), "frame");
  }
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(std::ranges::count(take(), "plot device memory used=0"), 1) << "it has gone";
}

// Once a block is free another thread may take it, and Tracy must have heard of the free by then.
TEST_F(TracyProfile, TellsAFreeBeforeItHappens) {
  SmartAlloc alloc;
  Profile profile(alloc);
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  Calls order;
  const Subscription heard = alloc.on_frame_event(
      [&](const FrameEvent&) { order = ::tracy::recorded; }, events(FrameEventKind::Free));
  for (const bool pool : {true, false}) {
    int* const block = pool ? profile.pool_alloc<int>() : profile.heap_alloc<int>();
    take();
    order.clear();
    pool ? profile.pool_free(block) : profile.heap_free(block);
    EXPECT_EQ(order, Calls{"free in pool and heap memory"}) << pool;
  }
}

TEST_F(TracyProfile, EveryNameIsTheProgramsToChoose) {
  SmartAlloc alloc;
  Profile profile(alloc, Names{.frame = "f",
                               .frame_bytes = "a",
                               .pool_bytes = "b",
                               .heap_bytes = "c",
                               .reserved_bytes = "d",
                               .frame_memory = {"m", "m", "m", "m"},
                               .block_memory = "n"});
  EXPECT_EQ(take(), (Calls{"memory plot a", "memory plot b", "memory plot c", "memory plot d"}));
  int* const pooled = profile.pool_alloc<int>();
  alloc.begin_frame();
  EXPECT_NE(profile.frame_alloc<int>(4), nullptr);
  alloc.end_frame();
  profile.pool_free(pooled);
  EXPECT_EQ(take(),
            (Calls{"alloc 4 in n", "alloc 16 in m", "discard m", "plot a=16",
                   "plot b=" + std::to_string(16), "plot c=0",
                   "plot d=" + std::to_string(alloc.stats().reserved), "frame f", "free in n"}));
}

TEST_F(TracyProfile, LeavesFramesOfAThreadsOwnAlone) {
  SmartAlloc alloc;
  Profile profile(alloc, Names{.frame = "game"});
  take();
  alloc.begin_thread_frame();
  alloc.end_thread_frame();
  EXPECT_EQ(take(), Calls{});
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(take().back(), "frame game");
}

TEST_F(TracyProfile, TellsNothingOnceItHasGone) {
  SmartAlloc alloc;
  {
    const Profile profile(alloc);
  }
  take();
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(take(), Calls{});
}

TEST_F(TracyProfile, TheExampleOfTheReadmeIsThisOne) {
  SmartAlloc alloc;
  play(alloc, 2);
  EXPECT_EQ(std::count(::tracy::recorded.begin(), ::tracy::recorded.end(), "frame"), 2);
  const auto read = [](const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(std::string(FRAMEALLOC_TRACY_FOLDER "/") + name).rdbuf();
    return text.str();
  };
  const std::string file = read("tests/example.hpp");
  const std::string code = file.substr(file.find("#include"));
  EXPECT_NE(read("README.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace framealloc::tracing
