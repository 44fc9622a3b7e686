// SPDX-License-Identifier: MIT OR Apache-2.0
#include "test_support/json_reader.hpp"
#include "test_support/program.hpp"

#include <framealloc/codes.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using fa_test::JsonReader;
using fa_test::Outcome;
using framealloc::all_codes;
using framealloc::CodeInfo;

Outcome run(const std::vector<std::string>& arguments) {
  return fa_test::run_program(FA_LIST_PROGRAM, arguments);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

template <class Matches>
std::size_t how_many(Matches&& matches) {
  return static_cast<std::size_t>(std::ranges::count_if(all_codes(), matches));
}

TEST(List, HasALineForEachCode) {
  const Outcome outcome = run({});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(lines(outcome.out), all_codes().size());
  for (const CodeInfo& info : all_codes()) {
    EXPECT_NE(outcome.out.find(std::string(info.id) + "  "), std::string::npos) << info.id;
    EXPECT_NE(outcome.out.find(info.slug), std::string::npos) << info.id;
  }
}

TEST(List, PicksByCategorySeverityAndSource) {
  EXPECT_EQ(lines(run({"--category", "physics"}).out), how_many([](const CodeInfo& info) {
              return info.category == framealloc::Category::Physics;
            }));
  EXPECT_EQ(lines(run({"--severity=hint"}).out), how_many([](const CodeInfo& info) {
              return info.severity == framealloc::Severity::Hint;
            }));
  EXPECT_EQ(lines(run({"--raised-by", "both", "--category", "gpu"}).out), 5u);
}

TEST(List, JsonAndMarkdown) {
  const auto json = JsonReader::read(run({"--format", "json"}).out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("codes")->items.size(), all_codes().size());
  const auto none = JsonReader::read(
      run({"--format", "json", "--category", "physics", "--severity", "error"}).out);
  ASSERT_TRUE(none.has_value());
  EXPECT_TRUE(none->at("codes")->items.empty());
  EXPECT_EQ(lines(run({"--format", "markdown"}).out), all_codes().size() + 2);
}

TEST(List, WrongArgumentsAreAUsageError) {
  const Outcome outcome = run({"--category", "weather"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("expected use, engine, threading"), std::string::npos) << outcome.err;
  EXPECT_EQ(run({"--severity"}).exit_code, 2);
  EXPECT_EQ(run({"FA001"}).exit_code, 2);
}

TEST(List, HelpNamesTheCategories) {
  const Outcome outcome = run({"--help"});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const CodeInfo& info : all_codes()) {
    EXPECT_NE(outcome.out.find(to_string(info.category)), std::string::npos);
  }
  EXPECT_TRUE(run({"--version"}).out.starts_with("fa list "));
}

}  // namespace
