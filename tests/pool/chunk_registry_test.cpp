// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/chunk_registry.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace framealloc::detail {
namespace {

constexpr std::size_t kChunk = 65536;

// More chunks than there are places that are found without a lock, so that most share one.
TEST(ChunkRegistry, KnowsWhatBeginsWhereWithManyMoreChunksThanPlaces) {
  const auto registry = std::make_unique<ChunkRegistry>();
  constexpr std::size_t kRegions = 3000;
  std::vector<Region> regions(kRegions);
  const auto kind_of = [](std::size_t i) { return static_cast<RegionKind>(i % 3); };
  for (std::size_t i = 0; i < kRegions; ++i) {
    regions[i].address = (i + 1) * 7 * kChunk;
    regions[i].kind = kind_of(i);
    EXPECT_EQ(registry->kind_at(regions[i].address), std::nullopt);
    registry->insert(regions[i]);
    EXPECT_EQ(registry->kind_at(regions[i].address), kind_of(i));
  }
  for (std::size_t i = 0; i < kRegions; ++i) {
    EXPECT_EQ(registry->kind_at(regions[i].address), kind_of(i)) << i;
    EXPECT_EQ(registry->find(regions[i].address), &regions[i]);
    EXPECT_EQ(registry->kind_at(regions[i].address + kChunk), std::nullopt) << i;
  }
  for (std::size_t i = 0; i < kRegions; i += 2) registry->erase(regions[i]);
  for (std::size_t i = 0; i < kRegions; ++i) {
    const std::optional<RegionKind> left =
        i % 2 == 0 ? std::nullopt : std::optional<RegionKind>(kind_of(i));
    EXPECT_EQ(registry->kind_at(regions[i].address), left) << i;
  }
  // The same address again, as something else.
  for (std::size_t i = 0; i < kRegions; i += 2) {
    regions[i].kind = kind_of(i + 1);
    registry->insert(regions[i]);
    EXPECT_EQ(registry->kind_at(regions[i].address), kind_of(i + 1));
  }
}

TEST(ChunkRegistry, NothingBeginsAtNull) {
  const auto registry = std::make_unique<ChunkRegistry>();
  EXPECT_EQ(registry->kind_at(0), std::nullopt);
  EXPECT_EQ(registry->kind_at(~std::uintptr_t{0} & ~std::uintptr_t{kChunk - 1}), std::nullopt);
}

}  // namespace
}  // namespace framealloc::detail
