// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/arguments.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace fa_tools;

struct Options : CommonOptions {
  bool quiet = false;
  std::string file;
  unsigned count = 7;
  std::vector<std::string> operands;
};

Options parse(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  Options options;
  Arguments arguments(pointers, options);
  while (arguments.next()) {
    if (arguments.is("--quiet") || arguments.is("-q")) {
      options.quiet = true;
    } else if (arguments.is("--file")) {
      options.file = arguments.text("a file").value_or("");
    } else if (arguments.is("--count")) {
      arguments.number<unsigned>(options.count, 1, 9);
    } else if (arguments.is_operand()) {
      options.operands.emplace_back(arguments.name());
    } else {
      arguments.refuse();
    }
  }
  return options;
}
std::string complaint(std::vector<std::string> words) { return parse(std::move(words)).complaint; }

TEST(Arguments, ReadsValuesBothWays) {
  const Options options = parse({"a", "-q", "--file", "x=y", "--count=9", "--", "--file", "-"});
  EXPECT_EQ(options.complaint, "");
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options.file, "x=y");
  EXPECT_EQ(options.count, 9u);
  EXPECT_EQ(options.operands, (std::vector<std::string>{"a", "--file", "-"}));
  EXPECT_EQ(parse({"--file=--odd"}).file, "--odd");
  EXPECT_TRUE(parse({"-h"}).help && parse({"--help"}).help && parse({"--version"}).version);
  EXPECT_FALSE(parse({"--help"}).wants_run());
  EXPECT_TRUE(parse({}).wants_run());
}

TEST(Arguments, NothingWrongPassesUnnoticed) {
  EXPECT_EQ(complaint({"--file"}), "--file has no value; expected a file");
  EXPECT_EQ(complaint({"--file="}), "--file has no value; expected a file");
  EXPECT_EQ(complaint({"--file", "--quiet"}), "--file has no value; expected a file");
  EXPECT_EQ(complaint({"--quiet=yes"}),
            "--quiet has the value 'yes'; expected no value: it is a switch");
  EXPECT_EQ(complaint({"--help=1"}), "--help has the value '1'; expected no value: it is a switch");
  EXPECT_EQ(complaint({"--fast"}), "no option '--fast'");
  EXPECT_EQ(complaint({"--fast=1", "--slow"}), "no option '--fast'");
  for (const char* wrong : {"0", "10", "3x", "-1", "99999999999999999999"}) {
    EXPECT_EQ(complaint({"--count", wrong}), std::string("--count has the value '") + wrong +
                                                 "'; expected a whole number from 1 to 9");
  }
}

TEST(Arguments, SizesAndPercentages) {
  EXPECT_EQ(parse_bytes("0"), 0u);
  EXPECT_EQ(parse_bytes("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_bytes("64K"), 65'536u);
  EXPECT_EQ(parse_bytes("1.5MiB"), 1'572'864u);
  EXPECT_EQ(parse_bytes("12B"), 12u);
  for (const char* wrong :
       {"", "K", "1.5", "-1", "5 K", "5KK", "5iB", "9999999T", "nanK", "0x10"}) {
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(parse_percent("0.5%"), 0.5);
  for (const char* wrong : {"5", "%", "-1%", "inf%", "5%%"}) {
    EXPECT_EQ(parse_percent(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
