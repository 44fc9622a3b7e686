// SPDX-License-Identifier: MIT OR Apache-2.0
// Lifetimes in functions, through calls and classes, in coroutines and behind handles.
#include "tests/analysis.hpp"

#include <algorithm>

namespace fa_check {
namespace {

const std::string kStart = R"(#include <framealloc/framealloc.hpp>
#include <framealloc/annotations.hpp>
#include <coroutine>
#include <functional>
#include <span>
#include <string>
#include <vector>
namespace fa = framealloc;
void use(int value);
)";

TEST(Lifetimes, VirtualCallsAreWhatTheirOverridersAre) {
  expect_findings(kStart + R"(
struct Stage {
  virtual ~Stage() = default;
  virtual void finish(fa::SmartAlloc& alloc) = 0;
  virtual void keep(int* cell) { (void)cell; }
};
struct Ends : Stage {
  void finish(fa::SmartAlloc& alloc) override { alloc.end_frame(); }
};
struct Idle : Stage {
  void finish(fa::SmartAlloc&) override {}
};
int run(fa::SmartAlloc& alloc, Stage& stage) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  stage.finish(alloc);
  return *cell;  // FA606
}
int of_a_known_class(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  Idle idle;
  idle.finish(alloc);
  return *cell;
}
)");
}

TEST(Lifetimes, HandlesAndWhatTheyResolveTo) {
  expect_findings(kStart + R"(
struct Unit { int health = 1; };
int stale(fa::HandleAllocator& handles, fa::Handle<Unit> unit) {
  handles.free(unit);
  return handles.resolve(unit)->health;  // FA401
}
int asked(fa::HandleAllocator& handles, fa::Handle<Unit> unit) {
  handles.free(unit);
  return handles.is_valid(unit) || handles.try_resolve(unit) != nullptr ? 1 : 0;
}
int moved(fa::HandleAllocator& handles, fa::Handle<Unit> unit) {
  Unit* found = handles.resolve(unit);
  handles.compact();
  return found->health;  // FA403
}
int pinned(fa::HandleAllocator& handles, fa::Handle<Unit> unit) {
  const fa::PinGuard<Unit> pin = handles.pin(unit);
  Unit* found = handles.resolve(unit);
  handles.compact();
  return found->health;
}
)");
}

TEST(Lifetimes, WhatIsReturnedGoesOnInTheCaller) {
  expect_findings(kStart + R"(
struct Level {
  fa::GroupHandle all;
  std::span<int> loaded;
};
Level load(fa::SmartAlloc& alloc) {
  Level level;
  level.all = alloc.groups().group("level", 1024);
  level.loaded = level.all.alloc_slice<int>(8);
  return level;
}
int run(fa::SmartAlloc& alloc) {
  Level level = load(alloc);
  const int seen = level.loaded[0];
  level.all.free_all();
  return seen + level.loaded[0];  // FA606
}
void fill(fa::SmartAlloc* alloc, int** out) {
  alloc->begin_frame();
  int* const cell = alloc->frame_alloc<int>();
  *cell = 1;
  *out = cell;  // FA601
  alloc->end_frame();
}
)");
}

TEST(Lifetimes, AnnotationsSayWhatBodiesOutOfSightDo) {
  expect_findings(kStart + R"(
namespace engine {
FRAMEALLOC_FRAME void* temporary(std::size_t bytes);
FRAMEALLOC_END_FRAME void flip();
void remember(FRAMEALLOC_RETAINS const void* memory);
void defer(FRAMEALLOC_DEFERRED std::function<void()> work);
void look(const void* memory);
}
int flipped() {
  int* cell = static_cast<int*>(engine::temporary(4));
  engine::look(cell);
  engine::flip();
  return *cell;  // FA606
}
void remembered(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  engine::remember(cell);  // FA601
}
void deferred(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  engine::defer([cell] { use(*cell); });  // FA703
  engine::defer([value = *cell] { use(value); });
}
fa::Subscription listens(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  return alloc.on_frame_event([cell](const fa::FrameEvent&) { use(*cell); });  // FA703
}
)");
}

TEST(Lifetimes, ConfigurationStandsForAnnotations) {
  Settings settings;
  settings.functions["engine::flip"] = {"end_frame"};
  expect_findings(kStart + R"(
namespace engine { void flip(); }
int flipped(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  engine::flip();
  return *cell;  // FA606
}
)",
                  settings);
}

TEST(Lifetimes, Coroutines) {
  expect_findings(kStart + R"(
struct Task {
  struct promise_type {
    Task get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept {}
  };
};
Task lives_on(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  co_await std::suspend_always{};  // FA702
  use(*cell);
}
Task made(fa::SmartAlloc& alloc) {
  use(*alloc.frame_new<int>(1));  // FA701
  co_await std::suspend_always{};
}
Task of_its_own(fa::SmartAlloc& alloc) {
  {
    const auto frame = alloc.scoped_frame();
    use(*alloc.frame_new<int>(1));
  }
  co_await std::suspend_always{};
}
void captured(fa::SmartAlloc& alloc) {
  int* cell = alloc.frame_alloc<int>();
  const auto later = [cell]() -> Task {  // FA703
    co_await std::suspend_always{};
    use(*cell);
  };
  later();
}
)");
}

TEST(Lifetimes, LimitsAreToldAndNeverSilent) {
  Settings settings;
  settings.max_states = 1;
  const UnitResult result = analyze(kStart + R"(
int run(fa::SmartAlloc& alloc, bool a) {
  alloc.begin_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  if (a) alloc.end_frame();
  return *cell;
}
)",
                                    settings);
  ASSERT_TRUE(result.parsed);
  ASSERT_EQ(result.findings.size(), 1U);
  EXPECT_EQ(result.findings.front().code, 606U);
  EXPECT_GE(result.findings.front().related.size(), 2U);
}

// Sixteen overriders, each with a call that sixteen override: told, and not followed into each other.
TEST(Lifetimes, VirtualCallsWithinOthersAreFollowedWithinTheLimit) {
  const auto unit = [](int overriders) {
    return analyze(R"(
#include <framealloc/framealloc.hpp>
#include <utility>
namespace fa = framealloc;
struct Node {
  virtual int plan(fa::SmartAlloc& alloc, Node& next) = 0;
  virtual int play(fa::SmartAlloc& alloc) = 0;
};
template <int kind>
struct Of : Node {
  int plan(fa::SmartAlloc& alloc, Node& next) override { return next.play(alloc); }
  int play(fa::SmartAlloc& alloc) override { return *alloc.frame_new<int>(kind); }
};
template <int... kinds>
int make(fa::SmartAlloc& alloc, Node& next, std::integer_sequence<int, kinds...>) {
  return (Of<kinds>().plan(alloc, next) + ...);
}
int all(fa::SmartAlloc& alloc, Node& next) {
  return make(alloc, next, std::make_integer_sequence<int, )" +
                   std::to_string(overriders) + R"(>());
}
int run(fa::SmartAlloc& alloc, Node& first, Node& next) { return first.plan(alloc, next); }
)");
  };
  const auto left = [&](int overriders) {
    const UnitResult result = unit(overriders);
    EXPECT_TRUE(result.parsed);
    EXPECT_EQ(result.gave_up, 0U);
    return std::count_if(result.assumptions.begin(), result.assumptions.end(),
                         [](const Assumption& each) {
                           return each.message.starts_with("virtual calls within others");
                         });
  };
  EXPECT_EQ(left(8), 0);
  EXPECT_EQ(left(9), 1);
}

TEST(Lifetimes, AUnitWithAnErrorHasNoFindings) {
  const UnitResult result = analyze("int run() { return no_such_thing; }\n");
  EXPECT_FALSE(result.parsed);
  ASSERT_FALSE(result.parse_errors.empty());
  EXPECT_TRUE(result.parse_errors.front().starts_with("/memory/test.cpp:1:"));
  EXPECT_TRUE(result.findings.empty());
}

}  // namespace
}  // namespace fa_check
