// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/codes.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace framealloc {
namespace {

TEST(CodeTable, IdSpellsTheNumber) {
  for (const CodeInfo& info : all_codes()) {
    std::string digits = std::to_string(static_cast<int>(info.code));
    digits.insert(0, 3 - digits.size(), '0');
    EXPECT_EQ(std::string(info.id), "FA" + digits);
  }
}

TEST(CodeTable, EveryCodeFindsItsRow) {
  for (const CodeInfo& info : all_codes()) EXPECT_EQ(&code_info(info.code), &info);
  EXPECT_EQ(code_info(Code::FA003).slug, "frame-full");
  EXPECT_EQ(code_info(Code::FA003).severity, Severity::Warning);
  EXPECT_EQ(code_info(Code::FA311).category, Category::Budgets);
}

TEST(CodeTable, AnythingElseIsTheInternalError) {
  EXPECT_EQ(code_info(Code::None).code, Code::FA009);
  EXPECT_EQ(code_info(static_cast<Code>(999)).code, Code::FA009);
  EXPECT_EQ(code_info(static_cast<Code>(65535)).code, Code::FA009);
}

TEST(CodeTable, WordsForSeveritiesAndCategories) {
  EXPECT_EQ(to_string(Severity::Hint), "hint");
  EXPECT_EQ(to_string(Severity::Warning), "warning");
  EXPECT_EQ(to_string(Severity::Error), "error");
  std::set<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(Category::Physics); ++i) {
    EXPECT_TRUE(words.insert(to_string(static_cast<Category>(i))).second) << i;
  }
}

}  // namespace
}  // namespace framealloc
