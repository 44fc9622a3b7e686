// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/build_config.hpp>

#include <gtest/gtest.h>

namespace framealloc {
namespace {

TEST(BuildConfig, TheseTestsFitTheLibrary) {
  EXPECT_EQ(build_config_difference(header_build_config(), library_build_config()), "");
  EXPECT_EQ(header_build_config(), library_build_config());
  EXPECT_EQ(library_build_config().version, kVersion);
  EXPECT_EQ(library_build_config().pointer_bytes, sizeof(void*));
  detail::require_matching_build(header_build_config());  // returns
}

TEST(BuildConfig, NamesTheSwitchThatDiffers) {
  const BuildConfig library = library_build_config();
  const auto changed = [&library](auto&& change) {
    BuildConfig header = library;
    change(header);
    return build_config_difference(header, library);
  };
  EXPECT_EQ(changed([](BuildConfig& c) { ++c.version; }), "version");
  EXPECT_EQ(changed([](BuildConfig& c) { ++c.check_level; }), "FRAMEALLOC_CHECK_LEVEL");
  EXPECT_EQ(changed([](BuildConfig& c) { c.thread_sanitizer ^= 1; }), "thread sanitizer");
  EXPECT_EQ(changed([](BuildConfig& c) { c.pointer_bytes = 4; }), "pointer size");
}

TEST(BuildConfigDeathTest, AnotherCheckLevelStopsTheProgramAndNamesBoth) {
  BuildConfig header = library_build_config();
  header.version = 20304;
  header.check_level = 7;
  EXPECT_DEATH(detail::require_matching_build(header),
               "different switches: version\n"
               ".*header : version 2.3.4, FRAMEALLOC_CHECK_LEVEL 7.*\n.*library: version 0.2.0");
  header.version = library_build_config().version;
  EXPECT_DEATH(detail::require_matching_build(header),
               "different switches: FRAMEALLOC_CHECK_LEVEL");
}

}  // namespace
}  // namespace framealloc
