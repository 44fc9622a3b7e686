// SPDX-License-Identifier: MIT OR Apache-2.0
// The manifest of diagnostic codes: every code and every slug once, with a text for each column.
#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Row {
  std::string_view id, slug, category, meaning, help;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows{
#define FRAMEALLOC_CODE(id, slug, severity, category, raised_by, meaning, help) \
  Row{#id, slug, #category, meaning, help},
#include <framealloc/codes.def>
#undef FRAMEALLOC_CODE
  };
  return kRows;
}

// The names that stand more than once in one column.
std::set<std::string_view> repeated(std::string_view Row::* column) {
  std::set<std::string_view> seen;
  std::set<std::string_view> twice;
  for (const Row& row : rows()) {
    if (!seen.insert(row.*column).second) twice.insert(row.*column);
  }
  return twice;
}

TEST(Codes, EveryIdAndSlugStandsOnce) {
  EXPECT_GE(rows().size(), 20U);
  EXPECT_EQ(repeated(&Row::id), std::set<std::string_view>{});
  EXPECT_EQ(repeated(&Row::slug), std::set<std::string_view>{});
}

TEST(Codes, IdsAreThreeDigitsInAscendingOrder) {
  std::string_view before = "000";
  for (const Row& row : rows()) {
    EXPECT_EQ(row.id.size(), 3U) << row.id;
    EXPECT_EQ(row.id.find_first_not_of("0123456789"), std::string_view::npos) << row.id;
    EXPECT_LT(before, row.id);
    before = row.id;
  }
}

TEST(Codes, EveryRangeHasOneCategory) {
  // Ranges of a hundred codes; FA4xx holds two that share "it outlived its owner".
  for (const Row& a : rows()) {
    for (const Row& b : rows()) {
      if (a.id[0] == b.id[0] && a.id[0] != '4') {
        EXPECT_EQ(a.category, b.category) << a.id << ' ' << b.id;
      }
    }
  }
}

TEST(Codes, EveryCodeSaysWhatItMeansAndWhatHelps) {
  for (const Row& row : rows()) {
    EXPECT_FALSE(row.meaning.empty()) << row.id;
    EXPECT_FALSE(row.help.empty()) << row.id;
    EXPECT_FALSE(row.slug.empty()) << row.id;
  }
}

}  // namespace
