// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/call_site.hpp>

#include <gtest/gtest.h>

#include <string_view>

namespace framealloc {
namespace {

CallSite where(int, CallSite site = CallSite::current()) { return site; }

TEST(CallSite, DefaultArgumentNamesTheCaller) {
  const CallSite first = where(1);
  const CallSite second = where(2);
  EXPECT_EQ(second.line, first.line + 1);
  EXPECT_TRUE(std::string_view(first.file).ends_with("call_site_test.cpp"));
  EXPECT_NE(std::string_view(first.function), "where");
  EXPECT_TRUE(first.known());
}

TEST(CallSite, UnknownByDefault) {
  const CallSite site;
  EXPECT_FALSE(site.known());
  EXPECT_STREQ(site.file, "");
  EXPECT_STREQ(site.function, "");
}

}  // namespace
}  // namespace framealloc
