// SPDX-License-Identifier: MIT OR Apache-2.0
// Strict modes and suppression on an allocator.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

namespace framealloc {
namespace {

AllocConfig quiet() {
  return AllocConfig::minimal().with_report_handler([](const Report&, void*) {});
}

// Sets FRAMEALLOC_STRICT for as long as it lives.
class Environment {
 public:
  explicit Environment(const char* value) { ::setenv("FRAMEALLOC_STRICT", value, 1); }
  ~Environment() { ::unsetenv("FRAMEALLOC_STRICT"); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
};

TEST(Strict, ComesFromTheEnvironmentUnlessTheConfigurationSays) {
  EXPECT_EQ(SmartAlloc(quiet()).strict_mode(), StrictMode::Warn);
  const Environment environment("WARNING");
  SmartAlloc alloc(quiet());
  EXPECT_EQ(alloc.strict_mode(), StrictMode::AbortOnWarning);
  EXPECT_EQ(SmartAlloc(quiet().with_strict(StrictMode::Warn)).strict_mode(), StrictMode::Warn);
  ::setenv("FRAMEALLOC_STRICT", "0", 1);
  EXPECT_EQ(alloc.strict_mode(), StrictMode::AbortOnWarning);  // read once
  ::setenv("FRAMEALLOC_STRICT", "error", 1);
  alloc.set_strict_mode(StrictMode::FromEnvironment);
  EXPECT_EQ(alloc.strict_mode(), StrictMode::AbortOnError);
}

TEST(Strict, AHandlerStandsInForTheEndOfTheProgram) {
  SmartAlloc alloc(quiet().with_strict(StrictMode::AbortOnError));
  Code last = Code::None;
  alloc.set_strict_handler(
      [](const Report& report, void* code) { *static_cast<Code*>(code) = report.code; }, &last);
  alloc.end_frame();
  EXPECT_EQ(last, Code::FA004);
}

TEST(Strict, TheGuardPutsTheModeBack) {
  SmartAlloc alloc(quiet().with_strict(StrictMode::Warn));
  int ends = 0;
  alloc.set_strict_handler([](const Report&, void* count) { ++*static_cast<int*>(count); }, &ends);
  {
    const StrictModeGuard outer(alloc, StrictMode::AbortOnError);
    alloc.end_frame();
    EXPECT_EQ(ends, 1);
    {
      const StrictModeGuard inner(alloc, StrictMode::Warn);
      alloc.end_frame();
      EXPECT_EQ(ends, 1);
    }
    EXPECT_EQ(alloc.strict_mode(), StrictMode::AbortOnError);
  }
  EXPECT_EQ(alloc.strict_mode(), StrictMode::Warn);
  alloc.end_frame();
  EXPECT_EQ(ends, 1);
}

TEST(StrictDeathTest, AnErrorEndsTheProgramWithItsReport) {
  EXPECT_DEATH(
      {
        SmartAlloc alloc(quiet().with_strict(StrictMode::AbortOnError));
        alloc.end_frame();
      },
      "FA004\\] error: end_frame\\(\\) with no frame open");
}

TEST(StrictDeathTest, SoDoesAnAllocatorThatCannotBeMade) {
  EXPECT_DEATH(
      {
        AllocConfig config = quiet().with_strict(StrictMode::AbortOnError);
        config.frames_in_flight = 9;
        SmartAlloc alloc(config);
      },
      "FA010\\] error: AllocConfig::frames_in_flight");
}

TEST(Suppression, SilencesACodeOrAllForAScope) {
  SmartAlloc alloc(quiet());
  CollectingSink sink;
  ASSERT_TRUE(alloc.add_sink(sink));
  {
    const SuppressionGuard guard(alloc, Code::FA004);
    alloc.end_frame();
    EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);  // FA001
  }
  EXPECT_EQ(sink.count(Code::FA004), 0u);
  EXPECT_EQ(sink.count(Code::FA001), 1u);
  {
    const SuppressionGuard guard(alloc);
    alloc.end_frame();
    EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);
  }
  EXPECT_EQ(sink.size(), 1u);
  alloc.suppress(Code::FA004);
  alloc.end_frame();
  alloc.unsuppress(Code::FA004);
  alloc.suppress_diagnostics(true);
  alloc.end_frame();
  alloc.suppress_diagnostics(false);
  EXPECT_EQ(sink.size(), 1u);
  alloc.end_frame();
  EXPECT_EQ(sink.count(Code::FA004), 1u);
  EXPECT_EQ(alloc.report_count(Code::FA004), 5u);
}

}  // namespace
}  // namespace framealloc
