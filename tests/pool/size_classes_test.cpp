// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/size_classes.hpp>

#include <gtest/gtest.h>

#include <framealloc/detail/pool/slab.hpp>

#include <array>
#include <string_view>
#include <vector>

namespace framealloc::detail {
namespace {

constexpr std::size_t kPage = std::size_t{64} << 10;

bool has_class(const SizeClasses& classes, std::size_t size) {
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i].block_size == size) return true;
  }
  return false;
}

TEST(SizeClasses, HonorEveryEntryOfAList) {
  // Unsorted, repeated, not multiples of the granule, and more entries than a table of nine.
  const std::array<std::size_t, 12> list{4096, 24, 1, 100, 100, 48, 3000, 640, 650, 8192, 17, 2222};
  const SizeClasses classes(list, kPage);
  for (const std::size_t entry : list) {
    EXPECT_TRUE(has_class(classes, align_up(entry, kGranule))) << entry;
  }
  for (std::size_t i = 1; i < classes.size(); ++i) {
    EXPECT_LT(classes[i - 1].block_size, classes[i].block_size);
  }
}

TEST(SizeClasses, ServeEverySlabRequest) {
  const std::vector<std::vector<std::size_t>> lists{{}, {16}, {8192}, {4096}, {48, 80, 8176}};
  for (const auto& list : lists) {
    for (const std::size_t page : {kMinSlabPage, kPage, kMaxSlabPage}) {
      const SizeClasses classes(list, page);
      for (std::size_t alignment = 1; alignment <= kMaxSlabAlignment; alignment *= 2) {
        for (std::size_t size = 0; size <= kMaxSlabClass; size += size < 64 ? 1 : 61) {
          const SizeClass& found = classes[classes.find(size, alignment)];
          ASSERT_GE(found.block_size, size);
          ASSERT_GE(found.alignment, alignment);
        }
      }
    }
  }
}

TEST(SizeClasses, ChooseTheSmallestThatFits) {
  const SizeClasses classes({}, kPage);
  for (std::size_t size = 1; size <= kMaxSlabClass; ++size) {
    const std::size_t index = classes.find(size, 1);
    ASSERT_GE(classes[index].block_size, size);
    if (index > 0) {
      ASSERT_LT(classes[index - 1].block_size, size);
    }
  }
}

TEST(SizeClasses, LayBlocksOutInsideThePage) {
  for (const std::size_t page : {kMinSlabPage, kPage}) {
    const SizeClasses classes({}, page);
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const SizeClass& entry = classes[i];
      EXPECT_GE(entry.first_offset, sizeof(SlabHeader));
      EXPECT_GE(entry.block_count, 1U);
      EXPECT_EQ(entry.first_offset % entry.alignment, 0U);
      EXPECT_EQ(entry.block_size % entry.alignment, 0U);
      EXPECT_LE(entry.first_offset + entry.block_count * entry.block_size, page);
      EXPECT_GT(entry.first_offset + (entry.block_count + 1) * entry.block_size, page);
      EXPECT_GE(entry.portion, 1U);
    }
  }
}

TEST(SizeClasses, RefuseWhatCannotBeAndNameIt) {
  const auto message = [](std::vector<std::size_t> list, std::size_t page) {
    const Result<void> result = SizeClasses::validate(list, page);
    EXPECT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, Code::FA010);
    return std::string(result.error().message.view());
  };
  EXPECT_NE(message({16, 0}, kPage).find("slab_size_classes[1] is 0"), std::string::npos);
  EXPECT_NE(message({8193}, kPage).find("slab_size_classes[0] is 8193"), std::string::npos);
  EXPECT_NE(message({SIZE_MAX}, kPage).find("slab_size_classes[0]"), std::string::npos);
  EXPECT_NE(message({}, 0).find("slab_page_size is 0"), std::string::npos);
  EXPECT_NE(message({}, kPage + 16).find("slab_page_size is 65552"), std::string::npos);
  EXPECT_NE(message({}, kMinSlabPage / 2).find("slab_page_size"), std::string::npos);
  EXPECT_NE(message({}, kMaxSlabPage * 2).find("slab_page_size"), std::string::npos);
  EXPECT_TRUE(SizeClasses::validate({}, kPage).has_value());
  EXPECT_TRUE(SizeClasses::validate(default_slab_classes(), kMinSlabPage).has_value());
}

}  // namespace
}  // namespace framealloc::detail
