// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/json_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace framealloc {
namespace {

TEST(JsonTextTest, IsLaidOutByLevels) {
  JsonText json;
  json.open_object();
  json.put("text", "a");
  json.put("yes", true);
  json.put("least", std::numeric_limits<std::int64_t>::min());
  json.open_array("none");
  json.close_array();
  json.open_array("texts");
  json.add("b");
  json.add("c");
  json.close_array();
  json.put_null("nothing");
  json.close_object();
  EXPECT_EQ(
      json.take(),
      "{\n  \"text\": \"a\",\n  \"yes\": true,\n  \"least\": -9223372036854775808,\n"
      "  \"none\": [],\n  \"texts\": [\n    \"b\",\n    \"c\"\n  ],\n  \"nothing\": null\n}\n");
}

TEST(JsonTextTest, NumbersReadBackAndAreNeverInfinite) {
  JsonText json;
  json.open_object();
  json.put("half", 0.5);
  json.put("third", 1.0 / 3.0);
  json.put("infinite", std::numeric_limits<double>::infinity());
  json.put("no number", std::numeric_limits<double>::quiet_NaN());
  json.put_decimal("rounded", 2.0 / 3.0, 2);
  json.put_decimal("infinite too", -std::numeric_limits<double>::infinity(), 2);
  json.close_object();
  EXPECT_EQ(json.take(),
            "{\n  \"half\": 0.5,\n  \"third\": 0.3333333333333333,\n  \"infinite\": null,\n"
            "  \"no number\": null,\n  \"rounded\": 0.67,\n  \"infinite too\": null\n}\n");
}

TEST(JsonTextTest, ARowStaysOnItsLine) {
  const std::vector<std::uint64_t> numbers{1, 2, std::numeric_limits<std::uint64_t>::max()};
  JsonText json;
  json.open_object();
  json.put_row("row", numbers);
  json.put_row("empty", {});
  json.close_object();
  EXPECT_EQ(json.take(), "{\n  \"row\": [1, 2, 18446744073709551615],\n  \"empty\": []\n}\n");
}

TEST(JsonTextTest, EscapesWhatJsonDoesNotBear) {
  JsonText json;
  json.open_object();
  json.put("quote\"d", std::string_view("back\\slash\n\t\x01 \xc3\xa4 \xff \0", 20));
  json.close_object();
  EXPECT_EQ(
      json.take(),
      "{\n  \"quote\\\"d\": \"back\\\\slash\\n\\t\\u0001 \xc3\xa4 \xef\xbf\xbd \\u0000\"\n}\n");
}

}  // namespace
}  // namespace framealloc
