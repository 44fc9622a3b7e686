// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fa_demo {
namespace {

Options parse(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_options(arguments);
}

TEST(Options, ReadsEveryOption) {
  const Options options = parse({"--scene", "swarm", "--frames=7", "--warm-up", "3", "--threads",
                                 "9", "--seed=77", "--only", "malloc", "--hand-off", "spin",
                                 "--report", "x.html", "--json", "--quiet", "--no-trace"});
  ASSERT_TRUE(options.wants_run()) << options.complaint;
  EXPECT_EQ(options.scene, SceneKind::Swarm);
  EXPECT_EQ(options.frames, 7U);
  EXPECT_EQ(options.warm_up, 3U);
  EXPECT_EQ(options.threads, 9U);
  EXPECT_EQ(options.seed, 77U);
  EXPECT_EQ(options.sides, std::vector<SideKind>{SideKind::Malloc});
  EXPECT_GE(parse({}).frames, 1000U);
  EXPECT_EQ(parse({}).sides,
            (std::vector<SideKind>{SideKind::Framealloc, SideKind::Malloc, SideKind::Kept}));
  EXPECT_TRUE(parse({"--with", "mimalloc"}).runs(SideKind::Mimalloc));
  EXPECT_TRUE(parse({"--with", "mimalloc"}).runs(SideKind::Framealloc));
  EXPECT_FALSE(parse({"--only", "kept"}).runs(SideKind::Framealloc));
  EXPECT_TRUE(parse({"--show-bug"}).show_bug);
  EXPECT_EQ(options.hand_off, HandOff::Spin);
  EXPECT_EQ(options.report_path, "x.html");
  EXPECT_TRUE(options.json);
  EXPECT_TRUE(options.quiet);
  EXPECT_FALSE(options.trace);
  EXPECT_FALSE(options.check);
  EXPECT_TRUE(parse({"--check"}).check);
  EXPECT_EQ(parse({"--trace", "t.json"}).trace_path, "t.json");
  EXPECT_NE(parse({"--trace", "t.json", "--only", "malloc"})
                .complaint.find("--trace needs the framealloc"),
            std::string::npos);
  EXPECT_FALSE(options.behavior);
  EXPECT_TRUE(parse({"--behavior"}).behavior);
  EXPECT_EQ(parse({"--snapshots", "d"}).snapshots, "d");
  EXPECT_NE(parse({"--snapshots="}).complaint.find("has no value"), std::string::npos);
  EXPECT_NE(parse({"--snapshots", "d", "--only", "malloc"})
                .complaint.find("--snapshots needs the framealloc"),
            std::string::npos);
}

TEST(Options, HelpNamesEveryOptionSceneAndExitCode) {
  const std::string help = help_text();
  for (const char* word :
       {"--scene",    "--frames",   "--warm-up",   "--threads",       "--seed",     "--only",
        "--hand-off", "--report",   "--json",      "--format",        "--no-trace", "--check",
        "--behavior", "--trace ",   "--snapshots", "--with mimalloc", "--show-bug", "--quiet",
        "--version",  "exit codes", "130"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
  for (const SceneInfo& scene : all_scenes()) {
    EXPECT_NE(help.find(std::string(scene.name)), std::string::npos) << scene.name;
  }
}

struct Mistake {
  std::vector<std::string> words;
  std::string says;  // a part of the complaint
};

class OptionMistakes : public testing::TestWithParam<Mistake> {};

TEST_P(OptionMistakes, SaysWhatAndWhere) {
  const Options parsed = parse(GetParam().words);
  ASSERT_FALSE(parsed.wants_run());
  EXPECT_NE(parsed.complaint.find(GetParam().says), std::string::npos) << parsed.complaint;
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, OptionMistakes,
    testing::Values(Mistake{{"--frames", "0"},
                            "--frames has the value '0'; expected a whole number"},
                    Mistake{{"--frames", "12x"}, "from 1 to 1000000"},
                    Mistake{{"--frames=-1"}, "has the value '-1'"},
                    Mistake{{"--threads", "65"}, "from 1 to 64"},
                    Mistake{{"--threads"}, "--threads has no value"},
                    Mistake{{"--seed", "99999999999999999999999"}, "--seed has"},
                    Mistake{{"--scene", "volcano"}, "pyramid, rain or swarm"},
                    Mistake{{"--only", "both"}, "framealloc, malloc, kept or mimalloc"},
                    Mistake{{"--hand-off="}, "park or spin"},
                    Mistake{{"--format", "xml"}, "text or json"},
                    Mistake{{"--report="}, "the name of the HTML file"},
                    Mistake{{"--quiet=yes"}, "no value: it is a switch"},
                    Mistake{{"--only", "malloc", "--check"}, "--check needs"},
                    Mistake{{"--only", "malloc", "--behavior"}, "--behavior needs"},
                    Mistake{{"--fast"}, "no option '--fast'"},
                    Mistake{{"rain"}, "unexpected argument 'rain'"}));

}  // namespace
}  // namespace fa_demo
