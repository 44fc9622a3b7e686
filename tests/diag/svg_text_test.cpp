// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/svg_text.hpp"

#include <gtest/gtest.h>

#include "support/xml_check.hpp"

#include <limits>
#include <string>

namespace framealloc::detail {
namespace {

using testing::XmlCheck;

std::string escaped(std::string_view text) {
  std::string out;
  append_xml_escaped(out, text);
  return out;
}

TEST(SvgText, EscapesWhatXmlMeans) {
  EXPECT_EQ(escaped("a<b & \"c\">"), "a&lt;b &amp; &quot;c&quot;&gt;");
  EXPECT_EQ(escaped("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(escaped("\xf0\x9f\x8e\xae"), "\xf0\x9f\x8e\xae");
}

TEST(SvgText, ReplacesWhatXmlCannotHold) {
  constexpr std::string_view kUnknown = "\xef\xbf\xbd";
  for (const std::string_view bad :
       {std::string_view("\0", 1), std::string_view("\x1b"), std::string_view("\n"),
        std::string_view("\x7f"), std::string_view("\xc2\x85"), std::string_view("\xff"),
        std::string_view("\xef\xbf\xbe"), std::string_view("\xef\xbf\xbf"),
        std::string_view("\xe2\x80\xae"), std::string_view("\xe2\x81\xa6"),
        std::string_view("\xe2\x80\x8f")}) {
    EXPECT_EQ(escaped(bad), kUnknown) << bad.size();
    EXPECT_EQ(escaped("a" + std::string(bad) + "b"), "a" + std::string(kUnknown) + "b");
  }
  EXPECT_EQ(escaped("\xe2\x82"), std::string(kUnknown) + std::string(kUnknown)) << "cut";
}

TEST(SvgText, CutsTextsBetweenCharacters) {
  const std::string name = "gr\xc3\xbc\xc3\x9f gr\xc3\xbc\xc3\x9f gr\xc3\xbc\xc3\x9f";
  EXPECT_EQ(text_that_fits(name, 10, 1000), name);
  const std::string cut = text_that_fits(name, 10, 50);
  EXPECT_TRUE(cut.ends_with("\xe2\x80\xa6")) << cut;
  EXPECT_LE(text_width(cut, 10), 55.0);
  EXPECT_EQ(escaped(cut), cut) << "no character was cut in two";
  EXPECT_EQ(text_that_fits(name, 10, 20), "") << "not worth it";
  EXPECT_EQ(text_that_fits("", 10, 20), "");
}

TEST(SvgText, SaysBytesShortly) {
  EXPECT_EQ(readable_bytes(0), "0 B");
  EXPECT_EQ(readable_bytes(1023), "1023 B");
  EXPECT_EQ(readable_bytes(1024), "1 KiB");
  EXPECT_EQ(readable_bytes(1536), "1.5 KiB");
  EXPECT_EQ(readable_bytes(std::uint64_t{64} << 20), "64 MiB");
  EXPECT_EQ(readable_bytes((std::uint64_t{200} << 20) + (1 << 19)), "200 MiB");
  EXPECT_EQ(readable_bytes(std::numeric_limits<std::uint64_t>::max()), "15.9 EiB");
}

TEST(SvgText, WritesADocument) {
  SvgText svg;
  svg.rectangle("a", {1, 2.345, 3, -4}, "x < y");
  svg.line("b", 0, 0.1, std::numeric_limits<double>::quiet_NaN(), 1e300);
  svg.text("c", 5, 6, "<script>", true);
  svg.text("c", 5, 6, "");
  const std::string document = svg.take(100, 50.5, "a & b", "<g/>\n");
  const XmlCheck xml(document);
  ASSERT_EQ(xml.fault(), "") << document;
  const auto& all = xml.elements();
  ASSERT_EQ(all.size(), 7U) << document;  // svg, title, g, rect, title, line, text
  EXPECT_EQ(all[0].attributes.at("viewBox"), "0 0 100 50.5");
  EXPECT_EQ(xml.texts("title"), (std::vector<std::string>{"a & b", "x < y"}));
  EXPECT_EQ(all[3].attributes.at("y"), "2.35");
  EXPECT_EQ(all[3].attributes.at("height"), "0") << "none below nothing";
  EXPECT_EQ(all[5].attributes.at("x2"), "0") << "no number";
  EXPECT_EQ(all[5].attributes.at("y1"), "0.1");
  EXPECT_EQ(all[6].text, "<script>");
  EXPECT_EQ(all[6].attributes.at("text-anchor"), "end");
}

}  // namespace
}  // namespace framealloc::detail
