// SPDX-License-Identifier: MIT OR Apache-2.0
#include "page.hpp"

#include "test_support/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>

namespace fa_insight {
namespace {

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

std::string data_of(const std::string& page) {
  const std::string open = "<script type=\"application/json\" id=\"data\">";
  const std::size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

TEST(InsightPage, HasNothingFromElsewhere) {
  const std::string page = make_page(PageData{{}, {}, {}, "{}"});
  EXPECT_EQ(page.find("@PAGE_"), std::string::npos);
  EXPECT_EQ(page.find("@FRAMEALLOC_"), std::string::npos);
  for (const char* word : {"http://", "https://", "src=", "@import", "url("}) {
    // The one address is the name of SVG's namespace, which nobody asks for.
    const std::size_t wanted = std::string(word) == "http://" ? 1 : 0;
    EXPECT_EQ(count(page, word), wanted) << word;
  }
}

TEST(InsightPage, DataCannotEndTheirElement) {
  PageData data;
  data.live = true;
  data.interval = std::chrono::milliseconds(70);
  data.directory = "a</script><script>x";
  data.snapshots = R"({"snapshots":[{"tags":"</script><!--<script>"}]})";
  const std::string page = make_page(data);
  EXPECT_EQ(count(page, "</script>"), count(std::string(page_template()), "</script>"));
  EXPECT_EQ(data_of(page).find('<'), std::string::npos);
  const auto json = fa_test::JsonReader::read(data_of(page));
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("directory")->text, data.directory);
  EXPECT_EQ(json->at("first.snapshots.0.tags")->text, "</script><!--<script>");
  EXPECT_EQ(json->at("interval_ms")->number, 70);
  EXPECT_EQ(json->at("live")->number, 1);
  EXPECT_EQ(json->at("codes.FA310.slug")->text, "global-limit");
}

}  // namespace
}  // namespace fa_insight
