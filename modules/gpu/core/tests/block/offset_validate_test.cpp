// SPDX-License-Identifier: MIT OR Apache-2.0
// validate() is what the other tests rely on: it must notice each kind of damage.
#include "block/offset_book.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace framealloc::gpu::detail {

struct OffsetBookProbe {
  OffsetBook& book;
  OffsetNode& end() const { return book.end_; }
  GapBins& bins() const { return book.bins_; }
  NodeStore& store() const { return book.store_; }
  std::uint64_t& used() const { return book.used_; }
  std::uint32_t& allocations() const { return book.allocations_; }
  // The ranges are: linear [0,100), free, linear [256,356), optimal [1024,1124), free to the end;
  // the one between the last two was freed.
  OffsetNode& first() const { return *end().next; }
  OffsetNode& second() const { return *first().next; }
  OffsetNode& third() const { return *second().next; }
};

namespace {

struct Damage {
  const char* what;
  std::function<void(const OffsetBookProbe&)> make;
};

OffsetBook* make_book(std::vector<OffsetRange>& ranges) {
  OffsetBook* const book = OffsetBook::create(10'000, {.granularity = 1024});
  ranges.push_back(book->allocate({100, 0, 1}));
  ranges.push_back(book->allocate({100, 255, 1}));
  ranges.push_back(book->allocate({100, 0, 2}));
  EXPECT_TRUE(book->free(book->allocate({300, 0, 1})));
  return book;
}

const std::vector<Damage> kDamages{
    {"a link back", [](const auto& at) { at.second().prev = &at.third(); }},
    {"a range that overlaps the one before", [](const auto& at) { at.second().offset -= 200; }},
    {"a gap that begins before the range before ends", [](const auto& at) { at.third().gap += 1; }},
    {"a gap that is not in a list",
     [](const auto& at) {
       at.third().gap -= 1;
       at.second().gap = 0;
     }},
    {"a gap in the list of another class", [](const auto& at) { at.third().gap -= 300; }},
    {"an empty range",
     [](const auto& at) {
       at.second().offset += 100;
       at.bins().resize(at.second(), at.second().gap + 100);
     }},
    {"units used", [](const auto& at) { ++at.used(); }},
    {"ranges counted", [](const auto& at) { ++at.allocations(); }},
    {"ranges counted too few", [](const auto& at) { --at.allocations(); }},
    {"a gap at the end that is too small", [](const auto& at) { at.end().gap -= 1; }},
    {"the end in a list",
     [](const auto& at) { at.bins().insert(at.end(), class_of(at.end().gap)); }},
    {"a gap out of its list", [](const auto& at) { at.bins().remove(at.third()); }},
    {"kinds on a page", [](const auto& at) { at.second().set_kind(2); }},
    {"a kind that is none", [](const auto& at) { at.second().set_kind(3); }},
    {"a generation", [](const auto& at) { ++at.second().name; }},
    {"a node lost", [](const auto& at) { static_cast<void>(at.store().take()); }},
    {"a node in use among those that are not",
     [](const auto& at) {
       OffsetNode* const node = at.store().take();
       at.store().give_back(*node);
       node->offset = 5;
     }},
    {"a list that is not empty without its bit",
     [](const auto& at) {
       OffsetNode& node = at.third();
       OffsetNode* const kept = &node;
       OffsetNode** const link = node.bin_link;
       at.bins().remove(node);
       *link = kept;
     }},
    {"a list that goes in a circle", [](const auto& at) { at.third().bin_next = &at.third(); }},
};

TEST(OffsetValidate, FindsNothingWhereNothingIsWrong) {
  std::vector<OffsetRange> ranges;
  OffsetBook* const book = make_book(ranges);
  const OffsetBookProbe at{*book};
  EXPECT_EQ(at.first().offset, 0U);
  EXPECT_EQ(at.second().offset, 256U);
  EXPECT_EQ(at.third().offset, 1024U);
  EXPECT_EQ(at.third().next, &at.end());
  EXPECT_TRUE(book->validate());
  OffsetBook::destroy(book);
}

TEST(OffsetValidate, NoticesDamage) {
  for (const Damage& damage : kDamages) {
    std::vector<OffsetRange> ranges;
    OffsetBook* const book = make_book(ranges);
    damage.make({*book});
    EXPECT_FALSE(book->validate()) << damage.what;
    OffsetBook::destroy(book);
  }
}

}  // namespace
}  // namespace framealloc::gpu::detail
