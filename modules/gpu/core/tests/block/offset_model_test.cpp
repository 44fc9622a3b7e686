// SPDX-License-Identifier: MIT OR Apache-2.0
// A million random operations on OffsetAllocator and on the plainest model of it: nothing overlaps,
// nothing is denied that a free region could hold, the regions and the figures are the model's.
#include "offset_model.hpp"

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/offset_allocator.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace framealloc::gpu {
namespace {

// A million over all settings. The sanitizers look at a quarter of them: one thread has nothing for
// ThreadSanitizer, and AddressSanitizer has seen every path by then.
constexpr int kOperations = FRAMEALLOC_ASAN || FRAMEALLOC_TSAN ? 45'000 : 170'000;

struct Setting {
  const char* name;
  std::uint64_t size;
  std::uint64_t granularity;
  unsigned least_bits;      // sizes have so many bits or more,
  unsigned largest_bits;    // and up to so many
  unsigned alignment_bits;  // alignments are powers of two up to this
  std::size_t most_live;    // beyond it, more is freed than allocated
  int optimal_percent;
};
std::ostream& operator<<(std::ostream& out, const Setting& setting) { return out << setting.name; }

struct Live {
  OffsetRange range;
  std::uint64_t size;
};

class OffsetRandom : public ::testing::TestWithParam<Setting> {
 protected:
  OffsetRandom()
      : setting_(GetParam()),
        allocator_(
            OffsetAllocator::create(setting_.size, {.granularity = setting_.granularity}).value()),
        model_(setting_.size, setting_.granularity) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  // Small and large sizes alike: first how many bits, then which.
  std::uint64_t draw_size() {
    const std::uint64_t bits =
        setting_.least_bits + below(setting_.largest_bits - setting_.least_bits + 1);
    const std::uint64_t size = random_() >> (64 - bits);
    return size == 0 ? 1 : size;
  }

  void allocate() {
    const std::uint64_t size = draw_size();
    const std::uint64_t alignment = std::uint64_t{1} << below(setting_.alignment_bits + 1);
    const OffsetKind kind = below(100) < static_cast<std::uint64_t>(setting_.optimal_percent)
                                ? OffsetKind::Optimal
                                : OffsetKind::Linear;
    const OffsetRange range = allocator_.allocate(size, alignment, kind);
    if (!range) {
      ++denied_;
      ASSERT_FALSE(model_.can_hold(size, alignment, kind)) << size << " aligned to " << alignment;
      return;
    }
    ++granted_;
    ASSERT_EQ(model_.add(range.offset, size, alignment, kind), "")
        << range.offset << " + " << size << " aligned to " << alignment;
    ASSERT_EQ(allocator_.size_of(range), size);
    live_.push_back({range, size});
  }

  void free_one() {
    const std::size_t i = below(live_.size());
    const OffsetRange range = live_[i].range;
    live_[i] = live_.back();
    live_.pop_back();
    ASSERT_TRUE(allocator_.free(range));
    model_.remove(range.offset);
    stale_.at(below(stale_.size())) = range;
  }

  // Ranges that were freed, and live ones of which one bit is another, name nothing.
  void try_what_is_not_live() {
    OffsetRange range = stale_.at(below(stale_.size()));
    if (!live_.empty() && below(2) == 0) {
      range = live_[below(live_.size())].range;
      const std::uint64_t bit = below(128);
      if (bit < 64) range.offset ^= std::uint64_t{1} << bit;
      if (bit >= 64 && bit < 96) range.node ^= std::uint32_t{1} << (bit - 64);
      if (bit >= 96) range.generation ^= std::uint32_t{1} << (bit - 96);
    }
    ASSERT_FALSE(allocator_.owns(range));
    ASSERT_EQ(allocator_.size_of(range), 0U);
    ASSERT_FALSE(allocator_.free(range));
  }

  void compare_figures() {
    const OffsetStats stats = allocator_.stats();
    const OffsetStats wanted = model_.stats();
    ASSERT_EQ(stats.size, wanted.size);
    ASSERT_EQ(stats.used, wanted.used);
    ASSERT_EQ(stats.padding, 0U);
    ASSERT_EQ(stats.free, wanted.free);
    ASSERT_EQ(stats.largest_free, wanted.largest_free);
    ASSERT_EQ(stats.allocations, wanted.allocations);
    ASSERT_EQ(stats.free_regions, wanted.free_regions);
  }

  void compare_regions() {
    std::vector<OffsetModel::Region> seen;
    allocator_.visit(
        [](std::uint64_t offset, std::uint64_t size, bool used, void* context) {
          static_cast<std::vector<OffsetModel::Region>*>(context)->push_back(
              {offset, size, used, OffsetKind::Linear});
        },
        &seen);
    const auto& wanted = model_.regions();
    ASSERT_EQ(seen.size(), wanted.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
      ASSERT_EQ(seen[i].offset, wanted[i].offset) << i;
      ASSERT_EQ(seen[i].size, wanted[i].size) << i;
      ASSERT_EQ(seen[i].used, wanted[i].used) << i;
    }
    ASSERT_TRUE(allocator_.validate());
  }

  void step(int i) {
    // It fills and drains by turns, so that regions join in every way.
    const bool grows = (i / 500) % 2 == 0 && live_.size() < setting_.most_live;
    if (live_.empty() || below(100) < (grows ? 70U : 45U)) {
      allocate();
    } else {
      free_one();
    }
    if (HasFatalFailure()) return;
    if (i % 4 == 0) try_what_is_not_live();
    if (i % 16 == 0) compare_figures();
    if (i % 512 == 0) compare_regions();
    if (i % 40'000 == 39'999) {
      allocator_.reset();
      model_.reset();
      for (const Live& each : live_) ASSERT_FALSE(allocator_.owns(each.range));
      live_.clear();
    }
  }

  Setting setting_;
  OffsetAllocator allocator_;
  OffsetModel model_;
  std::mt19937_64 random_{20040630};
  std::vector<Live> live_;
  std::array<OffsetRange, 64> stale_{};
  int granted_ = 0;
  int denied_ = 0;
};

TEST_P(OffsetRandom, IsTheModel) {
  for (int i = 0; i < kOperations; ++i) {
    ASSERT_NO_FATAL_FAILURE(step(i)) << "operation " << i;
  }
  compare_regions();
  EXPECT_GT(granted_, kOperations / 4);
  // The crowded settings are there to see denials, and the roomy ones to see none.
  EXPECT_EQ(denied_ > kOperations / 170, std::string(setting_.name).starts_with("Crowded"))
      << denied_;
  while (!live_.empty()) ASSERT_NO_FATAL_FAILURE(free_one());
  compare_regions();
  compare_figures();
}

constexpr Setting kSettings[] = {
    {"Crowded", 60'000, 1, 1, 10, 12, 250, 50},
    {"CrowdedPages", 250'000, 1024, 1, 12, 12, 250, 50},
    {"CrowdedWide", kNoOffset, 1, 54, 60, 12, 250, 50},
    {"CrowdedWidePages", kNoOffset - 4711, std::uint64_t{1} << 53, 50, 60, 56, 250, 20},
    {"Roomy", std::uint64_t{1} << 40, 1, 1, 24, 12, 200, 50},
    {"RoomyPages", std::uint64_t{1} << 40, 1024, 1, 24, 12, 200, 50},
};
INSTANTIATE_TEST_SUITE_P(Settings, OffsetRandom, ::testing::ValuesIn(kSettings),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace framealloc::gpu
