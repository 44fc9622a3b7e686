// SPDX-License-Identifier: MIT OR Apache-2.0
#include "reports.hpp"

#include <gtest/gtest.h>

#include "facts.hpp"
#include "svg_chart.hpp"

namespace fa_demo {
namespace {

SideResult make_side(const std::string& name) {
  SideResult side;
  side.name = name;
  for (std::uint64_t i = 0; i < 100; ++i) side.frame_nanoseconds.push_back(5'000'000 + i * 1000);
  side.frame_faults.assign(100, 0);
  CountedFrame counted;
  counted.frame = 33;
  counted.memory.known = name == "framealloc";
  if (counted.memory.known) counted.memory.tags = {{"game::<physics>", 1000, 2000, 0, 0}};
  side.counted = {counted, counted};
  side.our_nanoseconds.assign(100, 1'000'000);
  side.phases = {{"physics", std::vector<std::uint64_t>(100, 4'000'000), 0, 0.0},
                 {"contacts", std::vector<std::uint64_t>(100, 500'000), 0, 0.0}};
  side.system_calls.measured = true;
  side.system_calls.frames = 60;
  summarize(side);
  return side;
}

RunResult make_run() {
  RunResult run;
  run.sides = {make_side("framealloc"), make_side("malloc")};
  run.calls_counted = true;
  run.faults_counted = true;
  run.frames_run = 100;
  return run;
}

const Machine kMachine{"Processor <1>", 2, "system", "compiler", "library", "2.4"};

std::string plain_text(const RunResult& run, const Machine& machine) {
  return text_report(run, machine);
}

TEST(SteadyFacts, ACleanRunHasNoComplaints) {
  const RunResult run = make_run();
  EXPECT_TRUE(steady_complaints(run, run.sides[0]).empty());
  EXPECT_EQ(not_shown(run), "");
}

TEST(Verdict, ComesFirstInTwoLines) {
  RunResult run = make_run();
  run.sides.push_back(make_side("kept"));
  for (CountedFrame& frame : run.sides[1].counted) {
    frame.calls.by[static_cast<std::size_t>(Caller::Ours)].allocations = 9000;
  }
  run.sides[1].system_calls.memory = 120;
  run.sides[1].our_nanoseconds.assign(100, 1'500'000);
  run.sides[2].our_nanoseconds.assign(100, 900'000);
  for (SideResult& side : run.sides) summarize(side);
  const std::vector<std::string> lines = verdict(run);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("framealloc 0, 0, 0; malloc 9,000, 2.0, 0; malloc, kept 0, 0, 0."),
            std::string::npos)
      << lines[0];
  EXPECT_NE(lines[1].find("framealloc 1.00; malloc 1.50 (+50 %); malloc, kept 0.90 (-10 %)."),
            std::string::npos)
      << lines[1];
  EXPECT_TRUE(text_report(run, kMachine).starts_with(lines[0] + "\n" + lines[1] + "\n"));
  run.calls_counted = false;
  EXPECT_NE(verdict(run)[0].find("framealloc ?, 0, 0"), std::string::npos);
}

// Whoever is fastest is named, and whoever is far behind is marked.
TEST(Standings, NameWinnersAndLosers) {
  RunResult run = make_run();
  run.sides.push_back(make_side("kept"));
  const auto words = [&run](std::vector<std::uint64_t> values) {
    return standing_of(run, values).words;
  };
  EXPECT_EQ(words({100'000, 200'000, 130'000}), "framealloc by 1.30x");
  EXPECT_EQ(words({237'000, 107'000, 111'000}), "malloc and malloc, kept by 2.21x");
  EXPECT_EQ(words({100'000, 160'000, 102'000}), "framealloc and malloc, kept");
  EXPECT_EQ(words({100'000, 104'000, 102'000}), "even");
  EXPECT_EQ(words({400, 900, 100}), "even") << "less than a microsecond";
  const Standing standing = standing_of(run, {237'000, 107'000, 111'000});
  EXPECT_EQ(standing.slowest, 0U);
  EXPECT_FALSE(standing.is_fastest(0));
  EXPECT_TRUE(standing.is_fastest(1) && standing.is_fastest(2));
  EXPECT_EQ(standing_of(run, {100'000, 140'000, 100'000}).slowest, 3U) << "not far behind";
  run.sides[0].phases[1].nanoseconds.assign(100, 900'000);
  summarize(run.sides[0]);
  const std::string text = text_report(run, kMachine);
  EXPECT_NE(text.find("900.0-"), std::string::npos) << text;
  EXPECT_NE(text.find("500.0*"), std::string::npos) << text;
  EXPECT_NE(text.find("framealloc is among the fastest in 1, far behind in 1; malloc is among the "
                      "fastest in 2, far behind in 0"),
            std::string::npos)
      << text;
  const std::string html = html_report(run, kMachine);
  EXPECT_NE(html.find("<td class=\"lost\">900.0</td>"), std::string::npos);
  EXPECT_NE(html.find("<td class=\"won\">500.0</td>"), std::string::npos);
}

TEST(Reports, ShowTheTailOnlyWhereThereAreEnoughFrames) {
  RunResult run = make_run();
  EXPECT_EQ(text_report(run, kMachine).find("p99.9"), std::string::npos);
  EXPECT_EQ(html_report(run, kMachine).find("p99.9"), std::string::npos);
  EXPECT_NE(json_report(run, kMachine).find("\"p99_9\": null"), std::string::npos);
  for (SideResult& side : run.sides) {
    side.frame_nanoseconds.assign(kFramesForP999, 5'000'000);
    summarize(side);
  }
  run.frames_run = kFramesForP999;
  EXPECT_NE(text_report(run, kMachine).find("p99.9"), std::string::npos);
  EXPECT_NE(html_report(run, kMachine).find("p99.9"), std::string::npos);
  EXPECT_NE(json_report(run, kMachine).find("\"p99_9\": 5000000"), std::string::npos);
}

TEST(Reports, ShowTheFullestMoment) {
  RunResult run = make_run();
  run.sides[0].counted[0].memory.pool_bytes = 9000;
  run.sides[0].counted[0].frame = 17;
  EXPECT_EQ(fullest_frame(run.sides[0])->frame, 17U);
  EXPECT_EQ(fullest_frame(run.sides[1]), nullptr);
  EXPECT_NE(text_report(run, kMachine)
                .find("who held what at the fullest moment on framealloc, "
                      "frame 17"),
            std::string::npos);
  EXPECT_NE(html_report(run, kMachine).find("at the fullest moment"), std::string::npos);
}

TEST(Reports, ShowTheBugThatWasCaught) {
  RunResult run = make_run();
  EXPECT_EQ(html_report(run, kMachine).find("stale pointer"), std::string::npos);
  run.bug = {true, true, "[framealloc][FA002] error: <frame> 20\n"};
  EXPECT_NE(text_report(run, kMachine).find("caught by guard mode Pages"), std::string::npos);
  EXPECT_NE(html_report(run, kMachine).find("error: &lt;frame&gt; 20"), std::string::npos);
  EXPECT_NE(json_report(run, kMachine).find("\"caught\": true"), std::string::npos);
  run.bug = {true, false, "no pipe"};
  EXPECT_NE(text_report(run, kMachine).find("was not caught\nno pipe\n"), std::string::npos);
}

TEST(SteadyFacts, EachKindOfTrafficIsAComplaint) {
  const auto complaints_after = [](auto&& spoil) {
    RunResult run = make_run();
    spoil(run, run.sides[0]);
    summarize(run.sides[0]);
    return steady_complaints(run, run.sides[0]).size();
  };
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) {
              side.counted.back().calls.by[static_cast<std::size_t>(Caller::Ours)].allocations = 1;
            }),
            1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) {
              side.counted.back().calls.by[static_cast<std::size_t>(Caller::Ours)].mappings = 1;
            }),
            1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) { side.frame_faults.back() = 1; }),
            1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) { side.system_calls.memory = 1; }),
            1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) { side.system_calls.futex = 1; }),
            1U);
  // What was not measured is not proved.
  EXPECT_EQ(complaints_after([](RunResult& run, SideResult&) { run.calls_counted = false; }), 1U);
  EXPECT_EQ(complaints_after([](RunResult& run, SideResult&) { run.faults_counted = false; }), 1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) { side.system_calls = {}; }), 1U);
  EXPECT_EQ(complaints_after([](RunResult&, SideResult& side) { side.counted.clear(); }), 1U);
}

TEST(SteadyFacts, WhatTheFirstHalfDidDoesNotCount) {
  RunResult run = make_run();
  run.sides[0].frame_faults.front() = 500;
  run.sides[0].counted.front().calls.by[0].allocations = 500;
  summarize(run.sides[0]);
  EXPECT_TRUE(steady_complaints(run, run.sides[0]).empty());
}

TEST(SteadyFacts, UnmeasuredIsNeverZero) {
  RunResult run = make_run();
  run.calls_counted = false;
  run.faults_counted = false;
  for (SideResult& side : run.sides) side.system_calls = {};
  for (const Fact& fact : steady_facts(run)) {
    for (const std::string& value : fact.values) EXPECT_EQ(value, "not counted") << fact.label;
  }
}

TEST(TextReport, SaysWhenTheSidesDiffer) {
  RunResult run = make_run();
  run.same_checksums = false;
  run.different_at = 1234;
  const std::string text = text_report(run, kMachine);
  EXPECT_NE(text.find("different games"), std::string::npos) << text;
  EXPECT_NE(text.find("1234"), std::string::npos) << text;
}

TEST(HtmlReport, IsSelfContainedAndEscaped) {
  const std::string html = html_report(make_run(), kMachine);
  for (const char* outside : {"http:", "https:", "src=", "<script", "@import", "url("}) {
    EXPECT_EQ(html.find(outside), std::string::npos) << outside;
  }
  EXPECT_EQ(html.find("<physics>"), std::string::npos);
  EXPECT_NE(html.find("game::&lt;physics&gt;"), std::string::npos);
  EXPECT_NE(html.find("prefers-color-scheme: dark"), std::string::npos);
  std::size_t charts = 0;
  for (std::size_t at = 0; (at = html.find("<svg ", at)) != std::string::npos; ++at) ++charts;
  EXPECT_EQ(charts, 8U);
  EXPECT_EQ(html.find("nan"), std::string::npos);
  EXPECT_EQ(html.find("inf,"), std::string::npos);
}

TEST(Reports, ShowWhatTheBehaviorFilterFound) {
  RunResult run = make_run();
  for (const auto& report : {&plain_text, &html_report}) {
    EXPECT_EQ(report(run, kMachine).find("ehaviour filter"), std::string::npos) << "it was off";
  }
  EXPECT_NE(json_report(run, kMachine).find("\"behavior\": null"), std::string::npos);
  BehaviorUse& use = run.sides[0].features.behavior;
  use.known = true;
  use.frames = 1234;
  for (const auto& report : {&plain_text, &html_report}) {
    EXPECT_NE(report(run, kMachine).find("othing found"), std::string::npos);
  }
  use.findings.push_back({"FA530", "warning", "game::<b>", "heap", "it does", "do not", 4.0, 1.5});
  const std::string text = text_report(run, kMachine);
  EXPECT_NE(text.find("behavior filter on framealloc, 1,234 frames"), std::string::npos) << text;
  EXPECT_NE(text.find("FA530 warning, game::<b> (heap): it does\n    help: do not"),
            std::string::npos)
      << text;
  const std::string html = html_report(run, kMachine);
  EXPECT_NE(html.find("<td>FA530</td>"), std::string::npos);
  EXPECT_NE(html.find("game::&lt;b&gt;"), std::string::npos);
  EXPECT_EQ(html.find("game::<b>"), std::string::npos);
  const std::string json = json_report(run, kMachine);
  for (const char* part : {"\"code\": \"FA530\"", "\"threshold\": 1.5", "\"frames\": 1234"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part;
  }
}

TEST(Reports, OfARunWithoutFramesAreWhole) {
  RunResult run;
  run.interrupted = true;
  run.sides.resize(1);
  run.sides[0].name = "framealloc";
  EXPECT_NE(text_report(run, kMachine).find("Interrupted"), std::string::npos);
  EXPECT_TRUE(html_report(run, kMachine).ends_with("</html>\n"));
  EXPECT_TRUE(json_report(run, kMachine).starts_with("{"));
}

TEST(Charts, StandEmptySeries) {
  const std::vector<Series> nothing{{"none", "s-fa", {}}};
  EXPECT_TRUE(line_chart({"", "", ""}, nothing, 0.0, 0.0, 0.0).ends_with("</svg>\n"));
  EXPECT_TRUE(step_chart({"", "", ""}, nothing, 0.0, 1.0).ends_with("</svg>\n"));
  EXPECT_TRUE(stacked_chart({"", "", ""}, nothing, {}).ends_with("</svg>\n"));
  EXPECT_TRUE(bar_chart({"", "", ""}, nothing, {}).ends_with("</svg>\n"));
}

}  // namespace
}  // namespace fa_demo
