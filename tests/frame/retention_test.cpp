// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of retention below the allocator: the order of records, the book, the summary's
// figures.
#include <framealloc/detail/frame/retention_book.hpp>
#include <framealloc/detail/frame/retention_record.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/frame_summary.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace framealloc::detail {
namespace {

TEST(RetentionRecords, AreSortedByIdWithoutMemory) {
  std::mt19937 random(1234);
  for (const std::size_t count : std::initializer_list<std::size_t>{0, 1, 2, 3, 7, 64, 1000}) {
    std::vector<RetainedRecord> records(count);
    std::vector<std::uint64_t> ids(count);
    std::iota(ids.begin(), ids.end(), 1);
    std::shuffle(ids.begin(), ids.end(), random);
    RetainedRecord* list = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      records[i].id = ids[i];
      records[i].next = list;
      list = &records[i];
    }
    EXPECT_EQ(sort_retained(&list), count);
    std::uint64_t expected = 0;
    for (const RetainedRecord* r = list; r != nullptr; r = r->next) ASSERT_EQ(r->id, ++expected);
    EXPECT_EQ(expected, count);
  }
}

struct Book {
  SystemSource system;
  CountingSource counting{system};
  LimitedSource limited_source{counting, 0};
  MetadataAllocator metadata{limited_source};
  TagTable tags;
  RetentionBook book{metadata, tags};
};

TEST(RetentionBook, KeepsNamesAndPathsForGood) {
  const auto world = std::make_unique<Book>();
  std::string name = "a name";
  const std::string_view kept = world->book.keep(name).value();
  name = "another name";
  const std::string_view other = world->book.keep(name).value();
  EXPECT_EQ(kept, "a name");
  EXPECT_EQ(other, "another name");
  EXPECT_EQ(world->book.keep("a name").value().data(), kept.data());
  EXPECT_EQ(world->book.keep("").value(), "");

  const TagId tag = world->tags.intern(TagId::Untagged, "game::ai");
  const std::string_view path = world->book.path(tag);
  EXPECT_EQ(path, "game::ai");
  for (int i = 0; i < 200; ++i) {
    const TagId more = world->tags.intern(tag, "tag " + std::to_string(i));
    ASSERT_EQ(world->book.path(more), "game::ai::tag " + std::to_string(i));
  }
  EXPECT_EQ(world->book.path(tag).data(), path.data());
  EXPECT_EQ(world->book.path(TagId::Untagged), "");
}

TEST(RetentionBook, WithoutMemoryKnowsTheLastNameOfATag) {
  NullSource nothing;
  LimitedSource limited_source(nothing, 0);
  MetadataAllocator metadata(limited_source);
  const auto tags = std::make_unique<TagTable>();
  RetentionBook book(metadata, *tags);
  EXPECT_FALSE(book.keep("a name").has_value());
  EXPECT_TRUE(book.keep("").has_value());
  EXPECT_EQ(book.path(tags->intern(TagId::Untagged, "game::ai")), "ai");
}

TEST(RetentionBook, ForgetsWhatWasClearedAndCountsTheRest) {
  const auto world = std::make_unique<Book>();
  const std::uint64_t first = world->book.next_id();
  world->book.note_waiting();
  world->book.clear();
  EXPECT_EQ(world->book.waiting(), 0u);
  const std::uint64_t second = world->book.next_id();
  world->book.note_waiting();
  EXPECT_FALSE(world->book.is_wanted(first));
  EXPECT_TRUE(world->book.is_wanted(second));
  world->book.note_gone(first);
  EXPECT_EQ(world->book.waiting(), 1u);
  world->book.note_gone(second);
  EXPECT_EQ(world->book.waiting(), 0u);
}

TEST(FrameSummary, CountsEachReasonOnce) {
  FailureBreakdown failures;
  for (int i = 1; i < kPromotionFailures; ++i) {
    failures.add(static_cast<PromotionFailure>(i));
    EXPECT_EQ(failures.total(), static_cast<std::size_t>(i));
  }
  for (const std::size_t each :
       {failures.budget_exceeded, failures.scratch_pool_not_found, failures.scratch_pool_full,
        failures.too_large, failures.out_of_memory, failures.not_movable,
        failures.internal_error}) {
    EXPECT_EQ(each, 1u);
  }
  EXPECT_EQ(to_string(PromotionFailure::BudgetExceeded), "budget exceeded");
  EXPECT_EQ(to_string(PromotionFailure::ScratchPoolNotFound), "scratch pool not found");
  EXPECT_EQ(to_string(PromotionFailure::ScratchPoolFull), "scratch pool full");
  EXPECT_EQ(to_string(PromotionFailure::TooLarge), "allocation too large");
  EXPECT_EQ(to_string(PromotionFailure::InternalError), "internal error");
}

TEST(FrameSummary, RowsAreCopiedAndMoved) {
  const auto world = std::make_unique<Book>();
  SummaryRows<TagSummary> rows(world->metadata, 2);
  EXPECT_TRUE(rows.push_back({"a", 1, 2, 3}));
  EXPECT_TRUE(rows.push_back({"b", 4, 5, 6}));
  EXPECT_FALSE(rows.push_back({"c", 7, 8, 9}));
  SummaryRows<TagSummary> copy = rows;
  rows.resize_down(1);
  SummaryRows<TagSummary> moved = std::move(copy);
  copy = rows;
  ASSERT_EQ(moved.size(), 2u);
  EXPECT_EQ(moved[1].tag, "b");
  EXPECT_EQ(moved[1].failed_bytes, 6u);
  ASSERT_EQ(copy.size(), 1u);
  EXPECT_EQ(copy[0].discarded_bytes, 1u);
  rows = moved = {};
  EXPECT_TRUE(rows.empty() && moved.empty());
  const std::size_t with_copy = world->metadata.bytes_in_use();
  copy = {};
  EXPECT_LT(world->metadata.bytes_in_use(), with_copy);
}

}  // namespace
}  // namespace framealloc::detail
