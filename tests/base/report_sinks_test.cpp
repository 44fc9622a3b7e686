// SPDX-License-Identifier: MIT OR Apache-2.0
// Several sinks at once, strict modes, suppression, and what a annotator adds.
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/report.hpp>
#include <framealloc/report_policy.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using detail::ReportSink;

struct Counter final : DiagnosticSink {
  explicit Counter(bool limited_sink = false) : is_limited(limited_sink) {}
  void on_report(const Report& report) noexcept override {
    if (report.repeated == 0) {
      ++calls;
    } else {
      repeated += report.repeated;
    }
  }
  [[nodiscard]] bool limited() const noexcept override { return is_limited; }
  bool is_limited;
  std::atomic<int> calls{0};
  std::atomic<std::uint64_t> repeated{0};
};

Report of(Code code) {
  Report report;
  report.code = code;
  return report;
}

// A sink that prints nothing.
std::unique_ptr<ReportSink> quiet() {
  auto sink = std::make_unique<ReportSink>();
  sink->set([](const Report&, void*) {}, nullptr);
  return sink;
}

TEST(ReportSinks, SeveralAreToldAtOnceBesideTheHandler) {
  int handled = 0;
  ReportSink sink;
  sink.set([](const Report&, void* context) { ++*static_cast<int*>(context); }, &handled);
  Counter a;
  Counter b;
  EXPECT_TRUE(sink.add(a));
  EXPECT_TRUE(sink.add(b));
  sink.report(of(Code::FA003));
  EXPECT_TRUE(sink.remove(a));
  EXPECT_FALSE(sink.remove(a));
  sink.report(of(Code::FA003));
  EXPECT_EQ(handled, 2);
  EXPECT_EQ(a.calls, 1);
  EXPECT_EQ(b.calls, 2);
}

TEST(ReportSinks, APlaceIsFreeAgainAfterRemoval) {
  const auto sink = quiet();
  std::array<Counter, ReportSink::kMaxSinks> all;
  for (Counter& one : all) EXPECT_TRUE(sink->add(one));
  Counter more;
  EXPECT_FALSE(sink->add(more));
  EXPECT_TRUE(sink->remove(all[3]));
  EXPECT_TRUE(sink->add(more));
  sink->report(of(Code::FA003));
  EXPECT_EQ(more.calls, 1);
  EXPECT_EQ(all[3].calls, 0);
}

TEST(ReportSinks, OnlyLimitedSinksAreSparedRepeats) {
  const auto sink = quiet();
  Counter everything;
  Counter some(true);
  EXPECT_TRUE(sink->add(everything));
  EXPECT_TRUE(sink->add(some));
  for (int i = 0; i < 50; ++i) sink->report(of(Code::FA003));
  EXPECT_EQ(everything.calls, 50);
  EXPECT_EQ(some.calls, 10);
  sink->report_repeats(1);
  EXPECT_EQ(some.repeated, 40u);
  EXPECT_EQ(everything.repeated, 0u);
  sink->limit().set_most(0);
  sink->report(of(Code::FA003));
  EXPECT_EQ(some.calls, 11);
}

TEST(ReportSinks, ASinkMayRemoveItself) {
  struct Once final : DiagnosticSink {
    void on_report(const Report&) noexcept override {
      ++calls;
      removed = home->remove(*this);
    }
    ReportSink* home = nullptr;
    int calls = 0;
    bool removed = false;
  } once;
  const auto sink = quiet();
  once.home = sink.get();
  EXPECT_TRUE(sink->add(once));
  sink->report(of(Code::FA003));
  sink->report(of(Code::FA003));
  EXPECT_EQ(once.calls, 1);
  EXPECT_TRUE(once.removed);
}

TEST(ReportSinks, AReportOfAnotherAllocatorInsideAHandlerIsToldOnce) {
  const auto inner = quiet();
  const auto outer = std::make_unique<ReportSink>();
  Counter told;
  EXPECT_TRUE(inner->add(told));
  struct Pair {
    ReportSink *inner, *outer;
  } pair{inner.get(), outer.get()};
  outer->set(
      [](const Report&, void* context) {
        const auto& both = *static_cast<Pair*>(context);
        both.inner->report(of(Code::FA003));
        both.outer->report(of(Code::FA003));
      },
      &pair);
  outer->report(of(Code::FA004));
  EXPECT_EQ(told.calls, 1);
  EXPECT_EQ(outer->count(Code::FA003), 1u);
}

TEST(ReportSinks, RemovalWaitsForThreadsThatAreInTheSink) {
  const auto sink = quiet();
  std::atomic<bool> stop{false};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) sink->report(of(Code::FA003));
    });
  }
  for (int round = 0; round < 200; ++round) {
    auto counter = std::make_unique<Counter>();  // a use after its end is what TSan would see
    ASSERT_TRUE(sink->add(*counter));
    if (round % 4 == 0) {
      while (counter->calls == 0) std::this_thread::yield();
    }
    ASSERT_TRUE(sink->remove(*counter));
  }
  stop = true;
}

TEST(ReportSinks, SuppressionsNestAndStillCount) {
  const auto sink = quiet();
  Counter told;
  EXPECT_TRUE(sink->add(told));
  sink->suppress(Code::FA003);
  sink->suppress(Code::FA003);
  sink->report(of(Code::FA003));
  sink->lift(Code::FA003);
  sink->report(of(Code::FA003));
  EXPECT_EQ(told.calls, 0);
  sink->report(of(Code::FA004));
  EXPECT_EQ(told.calls, 1);
  sink->lift(Code::FA003);
  sink->lift(Code::FA003);  // one too many
  sink->report(of(Code::FA003));
  EXPECT_EQ(told.calls, 2);
  sink->suppress_all();
  sink->report(of(Code::FA004));
  sink->lift_all();
  EXPECT_EQ(told.calls, 2);
  EXPECT_EQ(sink->count(Code::FA003), 3u);
  EXPECT_EQ(sink->count(Code::FA004), 2u);
}

TEST(ReportSinks, TheAnnotatorCompletesEveryReport) {
  ReportSink sink;
  std::string holder;
  std::uint64_t thread = 0;
  struct Seen {
    std::string* holder;
    std::uint64_t* thread;
  } seen{&holder, &thread};
  sink.set(
      [](const Report& report, void* context) {
        const auto& into = *static_cast<Seen*>(context);
        *into.holder = report.holder;
        *into.thread = report.thread.value;
      },
      &seen);
  sink.set_report_annotator(
      [](Report& report, detail::AnnotationTexts& texts, bool, void*) noexcept {
        texts.holder.append("game::audio");
        report.holder = texts.holder;
        report.thread = ThreadId{9};
      },
      nullptr);
  sink.report(of(Code::FA310));
  EXPECT_EQ(holder, "game::audio");
  EXPECT_EQ(thread, 9u);
}

// Counts in place of the end of the program.
struct Ends {
  int calls = 0;
  static void handler(const Report&, void* self) { ++static_cast<Ends*>(self)->calls; }
};

TEST(StrictModes, DecideBySeverity) {
  const struct {
    StrictMode mode;
    Code code;
    int ends;
  } kCases[] = {
      {StrictMode::Warn, Code::FA005, 0},           {StrictMode::Warn, Code::FA003, 0},
      {StrictMode::AbortOnError, Code::FA005, 1},   {StrictMode::AbortOnError, Code::FA003, 0},
      {StrictMode::AbortOnWarning, Code::FA005, 1}, {StrictMode::AbortOnWarning, Code::FA003, 1},
      {StrictMode::AbortOnWarning, Code::FA510, 0},  // a hint
  };
  for (const auto& c : kCases) {
    const auto sink = quiet();
    Ends ends;
    sink->set_strict_handler(&Ends::handler, &ends);
    EXPECT_EQ(sink->set_strict_mode(c.mode), StrictMode::Warn);
    sink->report(of(c.code));
    EXPECT_EQ(ends.calls, c.ends) << to_string(c.mode) << " " << code_info(c.code).id;
  }
}

TEST(StrictModes, WhatIsSuppressedEndsNothing) {
  const auto sink = quiet();
  Ends ends;
  sink->set_strict_handler(&Ends::handler, &ends);
  (void)sink->set_strict_mode(StrictMode::AbortOnError);
  sink->suppress(Code::FA005);
  sink->report(of(Code::FA005));
  EXPECT_EQ(ends.calls, 0);
}

TEST(StrictModesDeathTest, AbortPrintsTheReportWhateverTheHandlerDoes) {
  EXPECT_DEATH(
      {
        const auto sink = quiet();
        (void)sink->set_strict_mode(StrictMode::AbortOnError);
        sink->report(of(Code::FA005));
      },
      "\\[framealloc\\]\\[FA005\\] error: block freed twice");
  EXPECT_DEATH(
      {
        ReportSink sink;
        for (int i = 0; i < 11; ++i) sink.report(of(Code::FA005));
        sink.report(of(Code::FA003));
        (void)sink.set_strict_mode(StrictMode::AbortOnWarning);
        sink.report(of(Code::FA005));
      },
      "strict mode 'warning'");
}

TEST(StrictModes, WordsOfTheEnvironment) {
  for (const char* word : {"0", "warn", "FALSE", "Warn"}) {
    EXPECT_EQ(parse_strict_mode(word), StrictMode::Warn) << word;
  }
  for (const char* word : {"1", "error", "TRUE", "Error"}) {
    EXPECT_EQ(parse_strict_mode(word), StrictMode::AbortOnError) << word;
  }
  for (const char* word : {"2", "warning", "ALL", "Warning"}) {
    EXPECT_EQ(parse_strict_mode(word), StrictMode::AbortOnWarning) << word;
  }
  for (const char* word : {"", "3", "yes", "warnings", " 1"}) {
    EXPECT_EQ(parse_strict_mode(word), std::nullopt) << word;
  }
}

TEST(StrictModes, AreReadFromTheEnvironment) {
  ::unsetenv("FRAMEALLOC_STRICT");
  EXPECT_EQ(strict_mode_from_environment(), StrictMode::Warn);
  ::setenv("FRAMEALLOC_STRICT", "All", 1);
  EXPECT_EQ(strict_mode_from_environment(), StrictMode::AbortOnWarning);
  ::setenv("FRAMEALLOC_STRICT", "nonsense", 1);
  EXPECT_EQ(strict_mode_from_environment(), StrictMode::Warn);
  ::unsetenv("FRAMEALLOC_STRICT");
}

}  // namespace
}  // namespace framealloc
