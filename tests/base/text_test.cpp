// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/text.hpp>

#include <gtest/gtest.h>

#include <climits>
#include <cstdint>
#include <string>

namespace framealloc {
namespace {

TEST(Text, StartsEmptyAndTerminated) {
  const Text<8> text;
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.size(), 0u);
  EXPECT_STREQ(text.c_str(), "");
}

TEST(Text, AppendsWordsCharactersAndNumbers) {
  Text<64> text("n = ");
  text.append(-42).append(',').append(std::uint64_t{UINT64_MAX}).append(' ').append_hex(0xBEEF);
  EXPECT_EQ(text.view(), "n = -42,18446744073709551615 0xbeef");
  Text<64> least;
  least.append(LLONG_MIN);
  EXPECT_EQ(least.view(), "-9223372036854775808");
}

TEST(Text, HoldsExactlyWhatFits) {
  Text<8> text("1234567");
  EXPECT_EQ(text.view(), "1234567");
  text.append("");
  EXPECT_EQ(text.view(), "1234567");
}

TEST(Text, CutsWhatDoesNotFitAndSaysSo) {
  Text<8> text("12345678");
  EXPECT_EQ(text.view(), "1234...");
  EXPECT_EQ(text.c_str()[7], '\0');
  text.append("x");
  EXPECT_EQ(text.view(), "1234...");
  for (std::size_t length = 0; length < 40; ++length) {
    const Text<16> cut(std::string(length, 'a'));
    EXPECT_EQ(cut.size(), length < 15 ? length : 15u);
    EXPECT_EQ(cut.view().ends_with("..."), length > 15) << length;
    EXPECT_EQ(std::string(cut.c_str()), std::string(cut.view()));
  }
}

TEST(Text, CutsANumberToo) {
  Text<8> text("abcde");
  text.append(123456);
  EXPECT_EQ(text.view(), "abcd...");
}

TEST(Text, ClearsForReuse) {
  Text<8> text("123456789");
  text.clear();
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(text.append("ok").view(), "ok");
}

TEST(Text, BytesAreReadableAndExact) {
  const auto bytes = [](std::size_t n) { return std::string(Text<64>().append_bytes(n).view()); };
  EXPECT_EQ(bytes(0), "0 B");
  EXPECT_EQ(bytes(1023), "1023 B");
  EXPECT_EQ(bytes(1024), "1 KiB (1024 B)");
  EXPECT_EQ(bytes(1536), "1.5 KiB (1536 B)");
  EXPECT_EQ(bytes(1572864), "1.5 MiB (1572864 B)");
  EXPECT_EQ(bytes((std::size_t{1} << 20) - 1), "1023.9 KiB (1048575 B)");
  EXPECT_EQ(bytes(std::size_t{5} << 30), "5 GiB (5368709120 B)");
  EXPECT_EQ(bytes(std::size_t{3} << 50), "3072 TiB (3377699720527872 B)");
}

}  // namespace
}  // namespace framealloc
