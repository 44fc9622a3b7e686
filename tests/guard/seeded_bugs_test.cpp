// SPDX-License-Identifier: MIT OR Apache-2.0
// Every seeded bug in every guard mode, each in a process of its own, against the manifest.
#include "../tools/test_support/program.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {
namespace {

struct Row {
  const char* name;
  const char* expected[3];
};
constexpr Row kRows[] = {
#define SEEDED_BUG(name, off, poison, pages) Row{#name, {#off, #poison, #pages}},
#include "guard/seeded_bugs.def"
#undef SEEDED_BUG
};
constexpr const char* kModes[] = {"off", "poison", "pages"};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The text behind `word` up to the end of its line.
std::string after(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + word.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

// What the manifest would call it; an access that faults and names the wrong thing is "Misnamed".
std::string verdict(const fa_test::Outcome& outcome) {
  const bool ended = outcome.exit_code == 0 && contains(outcome.out, "END");
  if (!ended) {
    if (outcome.exit_code != -1) return "exit code " + std::to_string(outcome.exit_code);
    if (!contains(outcome.err, "[framealloc][FA002]")) return "Fault";
    const std::string frame = "frame memory of frame " + after(outcome.out, "CULPRIT ") + ",";
    if (!contains(outcome.err, frame) || !contains(outcome.err, "under tag seeded")) {
      return "Misnamed";
    }
    if (contains(outcome.err, "allocated at ") && contains(outcome.err, "frame_bugs.cpp:")) {
      return "Line";
    }
    return contains(outcome.err, "  allocated from ") ? "Callers" : "Misnamed";
  }
  if (contains(outcome.out, "REPORT ")) return after(outcome.out, "REPORT ").substr(0, 5);
  if (contains(outcome.out, "READ pattern")) return "Pattern";
  return "Silent";
}

class SeededBugs : public testing::TestWithParam<std::size_t> {};

TEST_P(SeededBugs, IsCaughtAsTheManifestSays) {
  const Row& row = kRows[GetParam()];
  for (std::size_t mode = 0; mode < 3; ++mode) {
    SCOPED_TRACE(kModes[mode]);
    const fa_test::Outcome outcome = fa_test::run_program(
        FRAMEALLOC_GUARD_BUGS, {"--case", row.name, "--mode", kModes[mode]}, {"PATH=/bin"});
    EXPECT_EQ(verdict(outcome), row.expected[mode]) << "stdout:\n"
                                                    << outcome.out << "stderr:\n"
                                                    << outcome.err;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SeededBugs, testing::Range(std::size_t{0}, std::size(kRows)),
                         [](const testing::TestParamInfo<std::size_t>& each) {
                           return std::string(kRows[each.param].name);
                         });

TEST(SeededBugsManifest, HasFortyAndEachModeCatchesMore) {
  ASSERT_GE(std::size(kRows), 40u);
  std::size_t caught[3] = {};
  for (const Row& row : kRows) {
    for (std::size_t mode = 0; mode < 3; ++mode) {
      if (std::string_view(row.expected[mode]) != "Silent") ++caught[mode];
    }
  }
  EXPECT_LT(caught[0], caught[1]);
  EXPECT_LT(caught[1], caught[2]);
}

// Stale frame memory is what the mode is for: nothing of it may pass.
TEST(SeededBugsManifest, PagesNamesEveryStaleAccessToFrameMemory) {
  for (const Row& row : kRows) {
    const std::string_view name = row.name;
    const std::string_view off = row.expected[0];
    const bool block = contains(name, "pool") || contains(name, "heap") || off != "Silent" ||
                       contains(name, "scratch") || contains(name, "overrun");
    if (block) continue;
    EXPECT_TRUE(std::string_view(row.expected[2]) == "Line" ||
                std::string_view(row.expected[2]) == "Callers")
        << name;
  }
}

TEST(SeededBugsManifest, IsWhatTheDocumentationShows) {
  std::ifstream file(FRAMEALLOC_GUARD_DOCS);
  std::stringstream text;
  text << file.rdbuf();
  const std::string page = text.str();
  ASSERT_FALSE(page.empty()) << FRAMEALLOC_GUARD_DOCS;
  for (const Row& row : kRows) {
    const std::string cells = std::string("| ") + row.name + " | " + row.expected[0] + " | " +
                              row.expected[1] + " | " + row.expected[2] + " |";
    EXPECT_TRUE(contains(page, cells)) << cells;
  }
}

}  // namespace
}  // namespace framealloc
