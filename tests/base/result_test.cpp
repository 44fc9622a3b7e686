// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace framealloc {
namespace {

Result<std::string> parse(bool good) {
  if (!good) return Error{Code::FA010, "frames_in_flight is 9: use 1 to 4"};
  return std::string("fine");
}

TEST(Result, HoldsAValue) {
  Result<std::string> result = parse(true);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result.has_value());
  EXPECT_EQ(*result, "fine");
  EXPECT_EQ(result->size(), 4u);
  result.value() += "!";
  EXPECT_EQ(result.value_or("other"), "fine!");
  EXPECT_EQ(result.error().code, Code::None);
}

TEST(Result, HoldsAnError) {
  const Result<std::string> result = parse(false);
  EXPECT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::FA010);
  EXPECT_EQ(result.error().message.view(), "frames_in_flight is 9: use 1 to 4");
  EXPECT_EQ(result.value_or("other"), "other");
}

TEST(Result, MovesAValueOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> out = std::move(result).value();
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(*out, 5);
}

TEST(Result, GivesAwayAValueThatIsAboutToEnd) {
  const auto make = [](int value) {
    return Result<std::unique_ptr<int>>(std::make_unique<int>(value));
  };
  const std::unique_ptr<int> out = *make(7);
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(*out, 7);
  EXPECT_EQ(*make(8).value_or(nullptr), 8);

  using R = Result<std::unique_ptr<int>>;
  static_assert(std::is_same_v<decltype(*std::declval<R>()), std::unique_ptr<int>&&>);
  static_assert(std::is_same_v<decltype(*std::declval<const R>()), const std::unique_ptr<int>&&>);
  static_assert(
      std::is_same_v<decltype(std::declval<const R>().value()), const std::unique_ptr<int>&&>);
  static_assert(std::is_same_v<decltype(*std::declval<R&>()), std::unique_ptr<int>&>);
  static_assert(std::is_same_v<decltype(*std::declval<const R&>()), const std::unique_ptr<int>&>);
}

TEST(Result, OfNothingIsSuccessOrAnError) {
  const Result<void> good;
  EXPECT_TRUE(good);
  const Result<void> bad(Error{Code::FA011, "alignment 3"});
  EXPECT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, Code::FA011);
}

}  // namespace
}  // namespace framealloc
