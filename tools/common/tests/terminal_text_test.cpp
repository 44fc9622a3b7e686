// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/terminal_text.hpp"
#include "common/color.hpp"
#include "common/json_text.hpp"
#include "common/text_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace {

using namespace fa_tools;

TEST(TerminalText, EscapesWhatWouldSteerATerminal) {
  EXPECT_EQ(printable("plain \xc3\xa4 \xe6\x97\xa5 \xf0\x9f\x98\x80"),
            "plain \xc3\xa4 \xe6\x97\xa5 \xf0\x9f\x98\x80");
  EXPECT_EQ(printable("a\x1b[31mb\n\t\x7f"), "a\\x1b[31mb\\n\\t\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "2J"),
            "\\u009b2J");  // CSI in one character
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"),
            "a\\u202eb\\u2066");  // overrides
  EXPECT_EQ(printable("a\xe2\x80\x8b"
                      "b"),
            "a\\u200bb");  // no width
  EXPECT_EQ(printable("\xff\xc0\x80\xed\xa0\x80"), "\\xff\\xc0\\x80\\xed\\xa0\\x80");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable_lines("a\n\x1b"), "a\n\\x1b");
}

TEST(TerminalText, JsonIsEscapedWithoutLosingAnything) {
  std::string out;
  append_json_quoted(out, "\"\\\x1b\x7f\xe2\x80\xae\xf3\xa0\x80\x81\xc3\xa4\xff");
  EXPECT_EQ(out, "\"\\\"\\\\\\u001b\\u007f\\u202e\\udb40\\udc01\xc3\xa4\xef\xbf\xbd\"");
}

TEST(TextTable, CountsCharactersNotBytes) {
  EXPECT_EQ(width_of("h\xc3\xa4user"), 6u);
  EXPECT_EQ(fitted("h\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 6), "h...\xc3\xa4\xc3\xa4");
  EXPECT_EQ(growth_text(std::numeric_limits<std::int64_t>::min()), "-8.0 EiB");
  EXPECT_EQ(bytes_text(1024 * 1024 - 1), "1.0 MiB");
}

TEST(Color, IsOnlyWhereItIsWanted) {
  EXPECT_EQ(Color().paint(Style::Good, "x"), "x");
  EXPECT_EQ(Color::always().paint(Style::Good, "x"), "\x1b[32mx\x1b[0m");
  EXPECT_EQ(Color::always().paint(Style::Plain, "x"), "x");
  EXPECT_EQ(Color::always().paint(Style::Bad, ""), "");
}

}  // namespace
