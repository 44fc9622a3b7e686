// SPDX-License-Identifier: MIT OR Apache-2.0
// The helpers for users' tests.
#include <framealloc/framealloc.hpp>
#include <framealloc/testing.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fa = framealloc;
using namespace fa::literals;
using fa::testing::ExpectFrameBytesBelow;
using fa::testing::NoAllocationsInScope;

// Keeps what fails unasked, for as long as it lives.
class Failures {
 public:
  Failures() {
    fa::testing::set_failure_handler(
        [](std::string_view message, const fa::CallSite& site, void* self) {
          auto& mine = *static_cast<Failures*>(self);
          mine.messages.emplace_back(message);
          mine.lines.push_back(site.line);
        },
        this);
  }
  ~Failures() { fa::testing::set_failure_handler(nullptr); }
  Failures(const Failures&) = delete;
  Failures& operator=(const Failures&) = delete;
  std::vector<std::string> messages;
  std::vector<std::uint32_t> lines;
};

fa::SmartAlloc small() {
  return fa::SmartAlloc(
      fa::AllocConfig::minimal().with_report_handler([](const fa::Report&, void*) {}));
}

TEST(NoAllocations, AQuietScopeIsQuiet) {
  const Failures failures;
  fa::SmartAlloc alloc = small();
  auto* const block = alloc.pool_alloc<long>();
  {
    const NoAllocationsInScope none(alloc);
    alloc.begin_frame();
    alloc.pool_free(block);  // frees are allowed
    alloc.end_frame();
    EXPECT_TRUE(none) << none.message();
    EXPECT_EQ(none.message(), "no allocations");
  }
  EXPECT_TRUE(failures.messages.empty());
}

TEST(NoAllocations, EveryKindIsNoticed) {
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  (void)alloc.frame_alloc<int>();  // the arena is warm: its calls would not be seen otherwise
  const auto noticed = [&](auto&& allocate) {
    const NoAllocationsInScope none(alloc);
    allocate();
    return !none.none();
  };
  EXPECT_TRUE(noticed([&] { (void)alloc.frame_alloc<int>(); }));
  EXPECT_TRUE(noticed([&] { (void)alloc.frame_vec<int>(10); }));
  EXPECT_TRUE(noticed([&] { (void)alloc.pool_box<int>(1); }));
  EXPECT_TRUE(noticed([&] { (void)alloc.heap_box<int>(1); }));
  EXPECT_TRUE(noticed([&] { (void)alloc.handles().alloc<int>(1); }));
  EXPECT_TRUE(noticed([&] { (void)alloc.streaming().reserve(100); }));
  EXPECT_FALSE(noticed([] {}));
  alloc.end_frame();
}

TEST(NoAllocations, TellsHowManyHowMuchAndWhose) {
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  const NoAllocationsInScope none(alloc);
  fa::PoolBox<long> box;
  alloc.with_tag("game::physics", [&] {
    (void)alloc.frame_alloc<char[100]>();
    (void)alloc.frame_alloc<char[100]>();
    box = alloc.pool_box<long>(1);
  });
  EXPECT_FALSE(none);
  EXPECT_EQ(none.count(), 3u);
  EXPECT_EQ(none.frame_calls(), 2u);
  EXPECT_GE(none.bytes(), 208u);
  const std::string text = none.message();
  EXPECT_TRUE(text.starts_with("3 allocations in a scope that allows none: 2 of the frame, 1 of"))
      << text;
  EXPECT_NE(text.find("tag 'game::physics': "), std::string::npos) << text;
  EXPECT_NE(text.find("1 call of pool"), std::string::npos) << text;
  box.reset();
  alloc.end_frame();
}

TEST(NoAllocations, FailsAtItsEndUnlessItWasAsked) {
  Failures failures;
  fa::SmartAlloc alloc = small();
  std::uint32_t line = 0;
  {
    line = __LINE__ + 1;
    const NoAllocationsInScope none(alloc);
    (void)alloc.pool_box<int>(1);
  }
  ASSERT_EQ(failures.messages.size(), 1u);
  EXPECT_EQ(failures.lines[0], line);
  {
    const NoAllocationsInScope none(alloc);
    (void)alloc.pool_box<int>(1);
    EXPECT_FALSE(none.none());
  }
  EXPECT_EQ(failures.messages.size(), 1u);  // it was asked
  {
    const NoAllocationsInScope none(alloc);
    EXPECT_TRUE(none.none());
    (void)alloc.pool_box<int>(1);  // after it was asked
  }
  EXPECT_EQ(failures.messages.size(), 2u);
}

TEST(NoAllocations, OtherThreadsCountAndOtherAllocatorsDoNot) {
  fa::SmartAlloc alloc = small();
  fa::SmartAlloc other = small();
  const NoAllocationsInScope none(alloc);
  (void)other.pool_box<int>(1);
  EXPECT_TRUE(none);
  std::thread([&] { (void)alloc.pool_box<int>(1); }).join();
  EXPECT_EQ(none.count(), 1u);
  EXPECT_FALSE(none);
}

TEST(NoAllocations, NestedScopesCountEachForItself) {
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  (void)alloc.frame_alloc<int>();
  const NoAllocationsInScope outer(alloc);
  {
    const NoAllocationsInScope inner(alloc);
    (void)alloc.frame_alloc<int>();
    EXPECT_EQ(inner.count(), 1u);
    EXPECT_FALSE(inner);
  }
  (void)alloc.frame_alloc<int>();  // still counted after the inner one has ended
  EXPECT_EQ(outer.count(), 2u);
  EXPECT_FALSE(outer);
  alloc.end_frame();
}

TEST(NoAllocations, OfNoAllocatorThereAreNone) {
  fa::NullSource nothing;
  fa::SmartAlloc alloc(fa::AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const fa::Report&, void*) {}));
  const NoAllocationsInScope none(alloc);
  EXPECT_TRUE(none);
  EXPECT_TRUE(ExpectFrameBytesBelow(alloc, 1));
}

TEST(NoAllocationsDeathTest, WithoutAHandlerTheProgramEnds) {
  EXPECT_DEATH(
      {
        fa::SmartAlloc alloc = small();
        const NoAllocationsInScope none(alloc);
        (void)alloc.heap_box<int>(1);
      },
      "testing_test.cpp:[0-9]+: 1 allocation in a scope that allows none");
}

TEST(FrameBytes, AreThoseOfTheOpenFrameOrTheLast) {
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  EXPECT_TRUE(ExpectFrameBytesBelow(alloc, 16));
  alloc.with_tag("particles", [&] { (void)alloc.frame_alloc<char[1000]>(); });
  EXPECT_FALSE(ExpectFrameBytesBelow(alloc, 1000));
  EXPECT_TRUE(ExpectFrameBytesBelow(alloc, 2000));
  alloc.end_frame();
  const ExpectFrameBytesBelow ended(alloc, 1000);
  EXPECT_FALSE(ended);
  EXPECT_GE(ended.bytes(), 1000u);
  alloc.begin_frame();
  EXPECT_TRUE(ExpectFrameBytesBelow(alloc, 16));
  alloc.end_frame();
}

TEST(FrameBytes, APeakThatWasRewoundCounts) {
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  {
    const fa::FrameScope scope = alloc.frame_scope();
    (void)alloc.frame_alloc<char[1000]>();
  }
  EXPECT_FALSE(ExpectFrameBytesBelow(alloc, 1000));
  alloc.end_frame();
}

TEST(FrameBytes, TellsFrameLimitAndTags) {
  Failures failures;
  fa::SmartAlloc alloc = small();
  alloc.begin_frame();
  alloc.with_tag("particles", [&] { (void)alloc.frame_alloc<char[1024]>(); });
  {
    const ExpectFrameBytesBelow below(alloc, 512);
  }
  {
    const ExpectFrameBytesBelow below(alloc, 2_KiB);
  }
  ASSERT_EQ(failures.messages.size(), 1u);
  EXPECT_EQ(failures.messages[0],
            "frame 1 held 1 KiB (1024 B) at once, expected fewer than 512 B\n"
            "  tag 'particles': 1 KiB (1024 B)");
  alloc.end_frame();
}

}  // namespace
