// SPDX-License-Identifier: MIT OR Apache-2.0
// Guard modes from the inside: what is reported, what is refused, what stays as it is.
// tests/guard has a program for each bug.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory_resource>
#include <string>

namespace framealloc {
namespace {

using testing::ReportLog;

AllocConfig config_of(ReportLog& log, GuardMode mode) {
  return AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log).with_guard(mode);
}

// Sets an environment variable while it lives.
class Environment {
 public:
  explicit Environment(const char* value) { setenv("FRAMEALLOC_GUARD", value, 1); }
  ~Environment() { unsetenv("FRAMEALLOC_GUARD"); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
};

// An address that the compiler knows nothing of.
template <class T>
T* hidden(T* pointer) {
  T* volatile copy = pointer;
  return copy;
}

TEST(GuardModes, TheEnvironmentIsStrongerThanTheConfiguration) {
  ReportLog log;
  EXPECT_EQ(SmartAlloc(config_of(log, GuardMode::Off)).guard_mode(), GuardMode::Off);
  for (const auto& [word, mode] :
       {std::pair{"off", GuardMode::Off}, std::pair{"poison", GuardMode::Poison},
        std::pair{"pages", GuardMode::Pages}}) {
    const Environment environment(word);
    EXPECT_EQ(SmartAlloc(config_of(log, GuardMode::Poison)).guard_mode(), mode) << word;
  }
}

// Whoever sets an environment variable does not know the program; what is wrong with it is told,
// and the program runs as if it were not there.
TEST(GuardModes, AnEnvironmentThatCannotBeFollowedIsTold) {
  PmrSource source(std::pmr::new_delete_resource());
  const auto made_in = [](const char* wish, AllocConfig config, std::string_view told) {
    const Environment environment(wish);
    ReportLog log;
    config.on_report = &ReportLog::handler;
    config.report_context = &log;
    SmartAlloc alloc(config);
    EXPECT_TRUE(alloc) << wish;
    EXPECT_EQ(alloc.guard_mode(), config.guard) << wish;
    alloc.begin_frame();
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
    alloc.end_frame();
    ASSERT_EQ(log.size(), 1U) << wish;
    EXPECT_EQ(log.last().code, Code::FA013);
    EXPECT_NE(log.last().message.find(told), std::string::npos) << log.last().message;
  };
  for (const GuardMode mode : {GuardMode::Off, GuardMode::Poison}) {
    const AllocConfig config = AllocConfig::minimal().with_guard(mode);
    for (const char* wish : {"pagse", "Poison", "1", " off", "pages,poison"}) {
      made_in(wish, config, std::string("'") + wish + "'");
    }
    made_in(std::string(100000, 'x').c_str(), config, "expected off, poison or pages");
    // This source cannot take memory away.
    made_in("pages", AllocConfig(config).with_upstream(&source), "protect");
  }
}

TEST(GuardModes, AMisspelledStrictModeIsTold) {
  setenv("FRAMEALLOC_STRICT", "eror", 1);
  ReportLog log;
  const SmartAlloc alloc(config_of(log, GuardMode::Off));
  unsetenv("FRAMEALLOC_STRICT");
  EXPECT_TRUE(alloc);
  EXPECT_EQ(alloc.strict_mode(), StrictMode::Warn);
  ASSERT_EQ(log.size(), 1U);
  EXPECT_EQ(log.last().code, Code::FA013);
  EXPECT_NE(log.last().message.find("'eror'"), std::string::npos) << log.last().message;
}

TEST(GuardModes, ASourceThatCannotProtectIsRefusedForPages) {
  ReportLog log;
  PmrSource source(std::pmr::new_delete_resource());
  const auto made = SmartAlloc::create(config_of(log, GuardMode::Pages).with_upstream(&source));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::FA010);
  EXPECT_NE(std::string(made.error().message.view()).find("'pmr'"), std::string::npos);
  EXPECT_TRUE(SmartAlloc::create(config_of(log, GuardMode::Poison).with_upstream(&source)));
}

// AddressSanitizer, which Poison tells what may be touched, ends the program at the write itself:
// tests/guard/matrix.sh shows that. Here it is about what is found without it.
#if !FRAMEALLOC_ASAN

TEST(GuardModes, PoisonSeesAWriteToAFrameThatIsOver) {
  ReportLog log;
  SmartAlloc alloc(config_of(log, GuardMode::Poison));
  alloc.begin_frame();
  auto* stale = alloc.frame_alloc<std::uint64_t>();
  ASSERT_NE(stale, nullptr);
  *stale = 7;
  alloc.end_frame();
  EXPECT_EQ(*hidden(stale), 0xCDCDCDCDCDCDCDCDU);
  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_EQ(log.count(Code::FA002), 0u);
  alloc.begin_frame();
  stale = alloc.frame_alloc<std::uint64_t>();
  alloc.end_frame();
  *hidden(stale) = 8;
  alloc.begin_frame();
  EXPECT_EQ(log.count(Code::FA002), 1u);
  EXPECT_NE(log.last().message.find("frame memory of frame 3"), std::string::npos);
  alloc.end_frame();
}

TEST(GuardModes, BytesAroundABlockAreLookedAt) {
  ReportLog log;
  SmartAlloc alloc(config_of(log, GuardMode::Poison));
  auto* block = alloc.heap_alloc<unsigned char>(100);
  EXPECT_EQ(block[99], 0xAB);
  EXPECT_EQ(alloc.check_guards(), 0u);
  hidden(block)[103] = 0;
  EXPECT_EQ(alloc.check_guards(), 1u);
  ASSERT_EQ(log.count(Code::FA008), 1u);
  EXPECT_NE(log.last().message.find("3 bytes past its end"), std::string::npos);
  EXPECT_NE(log.last().message.find("guard_modes_test.cpp:"), std::string::npos);
  hidden(block)[103] = 0xFD;
  EXPECT_EQ(alloc.check_guards(), 0u);
  alloc.heap_free(block);
  EXPECT_EQ(log.size(), 1u);
}

TEST(GuardModes, AWriteToAFreedBlockNamesBothPlaces) {
  ReportLog log;
  {
    SmartAlloc alloc(config_of(log, GuardMode::Poison));
    auto* block = alloc.pool_alloc<std::uint64_t>();
    const auto line = std::to_string(__LINE__ - 1);
    alloc.pool_free(block);
    *hidden(block) = 1;
    EXPECT_EQ(alloc.check_guards(), 1u);
    ASSERT_EQ(log.count(Code::FA030), 1u);
    EXPECT_NE(log.last().message.find("guard_modes_test.cpp:" + line), std::string::npos);
    EXPECT_NE(log.last().message.find("freed at"), std::string::npos);
    *hidden(block) = 0xCDCDCDCDCDCDCDCDU;
  }
  EXPECT_EQ(log.size(), 1u);
}

#endif  // !FRAMEALLOC_ASAN

TEST(GuardModes, TheQuarantineIsBoundedAndGivesBlocksBack) {
  ReportLog log;
  SmartAlloc alloc(config_of(log, GuardMode::Poison).with_guard_quarantine(4096));
  struct Block {
    std::byte bytes[200];
  };
  std::size_t reserved = 0;
  for (int i = 0; i < 20000; ++i) {
    auto* block = alloc.pool_alloc<Block>();
    ASSERT_NE(block, nullptr);
    alloc.pool_free(block);
    EXPECT_EQ(alloc.stats().pool_allocated, 0u);
    if (i == 100) reserved = alloc.stats().reserved;
  }
  EXPECT_EQ(alloc.stats().reserved, reserved);
  EXPECT_EQ(log.size(), 0u);
}

TEST(GuardModes, AFullBudgetOfMemoryEmptiesTheQuarantine) {
  ReportLog log;
  SmartAlloc alloc(config_of(log, GuardMode::Poison)
                       .with_memory_limit(std::size_t{2} << 20)
                       .with_guard_quarantine(std::size_t{64} << 20));
  struct Block {
    std::byte bytes[4000];
  };
  for (int i = 0; i < 2000; ++i) {
    auto* block = alloc.pool_alloc<Block>();
    ASSERT_NE(block, nullptr) << i;
    alloc.pool_free(block);
  }
  EXPECT_EQ(log.size(), 0u);
}

TEST(GuardModes, PagesKeepsFramesForSomeFramesAndThenUsesTheirMemoryAgain) {
  ReportLog log;
  SmartAlloc alloc(config_of(log, GuardMode::Pages).with_guard_frames(3));
  std::size_t reserved = 0;
  for (int frame = 0; frame < 100; ++frame) {
    alloc.begin_frame();
    for (int i = 0; i < 1000; ++i) std::memset(alloc.frame_alloc<std::uint64_t[8]>(), 1, 64);
    alloc.end_frame();
    if (frame == 20) reserved = alloc.stats().reserved;
  }
  EXPECT_EQ(alloc.stats().reserved, reserved);
  EXPECT_EQ(log.size(), 0u);
}

TEST(GuardModes, PagesUnderALimitGivesOldFramesUpInsteadOfDenying) {
  ReportLog log;
  SmartAlloc alloc(
      config_of(log, GuardMode::Pages).with_guard_frames(1000).with_memory_limit(3 << 20));
  for (int frame = 0; frame < 50; ++frame) {
    alloc.begin_frame();
    ASSERT_NE(alloc.frame_alloc<std::uint64_t[1000]>(), nullptr) << frame;
    alloc.end_frame();
  }
  EXPECT_EQ(log.size(), 0u);
}

void leave(int) { std::_Exit(77); }

TEST(GuardModesDeathTest, TheHandlerOfBeforeIsCalledToo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::signal(SIGSEGV, &leave);
        ReportLog log;
        SmartAlloc alloc(config_of(log, GuardMode::Pages));
        alloc.begin_frame();
        auto* stale = alloc.frame_alloc<int>();
        alloc.end_frame();
        *hidden(stale) = 1;
      },
      ::testing::ExitedWithCode(77), "frame memory of frame 1, allocated at .*guard_modes_test");
}

TEST(GuardModesDeathTest, AReportHandlerIsToldOnlyWhereItAsksToBe) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto use_stale_memory = [](bool told) {
    AllocConfig config = AllocConfig::minimal().with_guard(GuardMode::Pages);
    config.guard_report_faults = told;
    config.on_report = [](const Report& report, void*) {
      if (report.code == Code::FA002) std::_Exit(55);
    };
    std::signal(SIGSEGV, &leave);
    SmartAlloc alloc(config);
    alloc.begin_frame();
    auto* stale = alloc.frame_alloc<int>();
    alloc.end_frame();
    *hidden(stale) = 1;
  };
  EXPECT_EXIT(use_stale_memory(true), ::testing::ExitedWithCode(55), "FA002");
  EXPECT_EXIT(use_stale_memory(false), ::testing::ExitedWithCode(77), "FA002");
}

TEST(GuardModesDeathTest, TheHandlerGoesWithTheLastAllocator) {
  ReportLog log;
  struct sigaction before{};
  struct sigaction during{};
  struct sigaction after{};
  sigaction(SIGSEGV, nullptr, &before);
  {
    SmartAlloc first(config_of(log, GuardMode::Pages));
    SmartAlloc second(config_of(log, GuardMode::Pages));
    first = SmartAlloc(config_of(log, GuardMode::Off));
    sigaction(SIGSEGV, nullptr, &during);
  }
  sigaction(SIGSEGV, nullptr, &after);
  EXPECT_NE(during.sa_sigaction, before.sa_sigaction);
  EXPECT_EQ(after.sa_sigaction, before.sa_sigaction);
}

}  // namespace
}  // namespace framealloc
