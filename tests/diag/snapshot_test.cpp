// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/snapshot.hpp>

#include <gtest/gtest.h>
#include <framealloc/framealloc.hpp>

#include <limits>
#include <string>
#include <thread>

namespace framealloc {
namespace {

const SnapshotTag* find(const Snapshot& snapshot, std::string_view path, AllocKind kind) {
  for (const SnapshotTag& tag : snapshot.tags) {
    if (tag.path == path && tag.kind == kind) return &tag;
  }
  return nullptr;
}

TEST(Snapshot, WritesTheTimeOfTheGregorianCalendar) {
  Snapshot snapshot;
  const auto at = [&](std::int64_t seconds) {
    snapshot.unix_seconds = seconds;
    return snapshot.timestamp();
  };
  EXPECT_EQ(at(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(at(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(at(951'782'399), "2000-02-28T23:59:59Z");
  EXPECT_EQ(at(951'782'400), "2000-02-29T00:00:00Z");  // a leap year, as 1900 was not
  EXPECT_EQ(at(951'868'800), "2000-03-01T00:00:00Z");
  EXPECT_EQ(at(1'709'164'800), "2024-02-29T00:00:00Z");
  EXPECT_EQ(at(1'735'689'599), "2024-12-31T23:59:59Z");
  EXPECT_EQ(at(4'107'542'400), "2100-03-01T00:00:00Z");  // no leap year: the day after the 28th
}

// The text of the schema's first version, key by key: other programs read it.
TEST(Snapshot, WritesVersionOneToTheLetter) {
  Snapshot snapshot;
  snapshot.unix_seconds = 1'700'000'000;
  snapshot.frame = 7;
  snapshot.with_duration(16'000).with_summary({1, 2, 3, 6, 9});
  SnapshotThread thread;
  thread.id = "1";
  thread.name = "main \"x\"\n";
  thread.frame_bytes = 1;
  thread.pool_bytes = 2;
  thread.heap_bytes = 3;
  thread.peak_bytes = 4;
  snapshot.add_thread(thread);
  thread.id = "2";
  thread.name = "\x01 \\";
  thread.budget = SnapshotBudget{1000, 999};
  snapshot.add_thread(thread);
  SnapshotTag tag;
  tag.path = "game::physics";
  tag.thread = "*";
  tag.kind = AllocKind::Pool;
  tag.alloc_count = 5;
  tag.bytes = 6;
  tag.avg_lifetime_frames = 1.005;
  tag.promotion_rate = std::numeric_limits<double>::quiet_NaN();
  tag.diagnostics = {"FA510", "FA520"};
  snapshot.add_tag(tag);
  snapshot.promotions.to_pool = 1;
  snapshot.promotions.to_scratch = 8;
  snapshot.transfers.pending = 2;
  snapshot.transfers_this_frame = 3;
  snapshot.deferred.queue_depth = 4;
  snapshot.deferred_this_frame = 5;
  snapshot.add_diagnostic({"FA310", std::nullopt, "m"});
  EXPECT_EQ(snapshot.to_json(), R"({
  "version": 1,
  "timestamp": "2023-11-14T22:13:20Z",
  "frame": 7,
  "duration_us": 16000,
  "summary": {
    "frame_bytes": 1,
    "pool_bytes": 2,
    "heap_bytes": 3,
    "total_bytes": 6,
    "peak_bytes": 9
  },
  "threads": [
    {
      "id": "1",
      "name": "main \"x\"\n",
      "frame_bytes": 1,
      "pool_bytes": 2,
      "heap_bytes": 3,
      "peak_bytes": 4,
      "budget": null
    },
    {
      "id": "2",
      "name": "\u0001 \\",
      "frame_bytes": 1,
      "pool_bytes": 2,
      "heap_bytes": 3,
      "peak_bytes": 4,
      "budget": {
        "limit": 1000,
        "used": 999,
        "percent": 99
      }
    }
  ],
  "tags": [
    {
      "path": "game::physics",
      "thread": "*",
      "alloc_kind": "pool",
      "alloc_count": 5,
      "bytes": 6,
      "avg_lifetime_frames": 1.00,
      "promotion_rate": 0.00,
      "diagnostics": [
        "FA510",
        "FA520"
      ]
    }
  ],
  "promotions": {
    "to_pool": 1,
    "to_heap": 0,
    "failed": 0
  },
  "transfers": {
    "pending": 2,
    "completed_this_frame": 3
  },
  "deferred": {
    "queue_depth": 4,
    "processed_this_frame": 5
  },
  "diagnostics": [
    {
      "code": "FA310",
      "tag": null,
      "message": "m"
    }
  ]
}
)");
  EXPECT_EQ(snapshot.to_json(4), "");
}

TEST(Snapshot, IsValidJsonWhateverANameHolds) {
  Snapshot snapshot;
  SnapshotTag tag;
  tag.path = "\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\xae";  // UTF-8 stays as it is
  snapshot.add_tag(tag);
  tag.path =
      "a\xff"
      "b\xc3";  // neither a whole sequence nor a first byte
  snapshot.add_tag(tag);
  tag.path = "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80";  // overlong, a surrogate, too large
  snapshot.add_tag(tag);
  const std::string text = snapshot.to_json();
  const std::string unknown = "\xef\xbf\xbd";
  EXPECT_NE(text.find("\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x8e\xae\""), std::string::npos);
  EXPECT_NE(text.find("\"a" + unknown + "b" + unknown + "\""), std::string::npos);
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += unknown;
  EXPECT_NE(text.find("\"" + nine + "\""), std::string::npos);
}

TEST(Snapshot, HasAPeakThatNothingItShowedWasAbove) {
  SmartAlloc alloc(AllocConfig::minimal());
  alloc.begin_frame();
  (void)alloc.frame_alloc_batch<char>(100'000);
  int* const block = alloc.pool_alloc<int>();
  alloc.end_frame();
  const Snapshot between = alloc.snapshot();  // shows the frame that is over, and the pool
  EXPECT_GE(between.summary.total_bytes, 100'000U);
  EXPECT_GE(between.summary.peak_bytes, between.summary.total_bytes);
  alloc.pool_free(block);
  alloc.begin_frame();
  alloc.end_frame();
  const Snapshot later = alloc.snapshot();
  EXPECT_LT(later.summary.total_bytes, 100'000U);
  EXPECT_GE(later.summary.peak_bytes, between.summary.peak_bytes) << "a peak stays";
}

TEST(Snapshot, BudgetPercentEndsAt255) {
  EXPECT_EQ((SnapshotBudget{0, 5}.percent()), 0u);
  EXPECT_EQ((SnapshotBudget{10, 5}.percent()), 50u);
  EXPECT_EQ((SnapshotBudget{10, 1'000'000}.percent()), 255u);
  EXPECT_EQ((SnapshotBudget{SIZE_MAX, SIZE_MAX}.percent()), 100u);
}

TEST(Snapshot, ShowsTheFrameThatIsOpenAndTheOneThatEnded) {
  SmartAlloc alloc(AllocConfig::minimal());
  alloc.begin_frame();
  alloc.with_tag("render", [&] { ASSERT_NE(alloc.frame_alloc_layout(4096, 16), nullptr); });
  Snapshot open = alloc.snapshot();
  EXPECT_EQ(open.frame, 1u);
  EXPECT_EQ(open.summary.frame_bytes, 4096u);
  ASSERT_NE(find(open, "render", AllocKind::Frame), nullptr);
  EXPECT_EQ(find(open, "render", AllocKind::Frame)->bytes, 4096u);
  alloc.end_frame();
  Snapshot ended = alloc.snapshot();
  EXPECT_EQ(ended.summary.frame_bytes, 4096u);
  ASSERT_NE(find(ended, "render", AllocKind::Frame), nullptr);
  EXPECT_EQ(find(ended, "render", AllocKind::Frame)->bytes, 4096u);
  ASSERT_EQ(ended.threads.size(), 1u);
  EXPECT_EQ(ended.threads[0].frame_bytes, 4096u);
  EXPECT_EQ(ended.summary.total_bytes, 4096u);
}

TEST(Snapshot, AddsUpOverThreadsAndTags) {
  SmartAlloc alloc(AllocConfig::minimal());
  std::uint64_t* from_here = nullptr;
  alloc.with_tag("here", [&] { from_here = alloc.pool_alloc<std::uint64_t>(); });
  std::thread([&] {
    const TagScope scope = alloc.tag_scope("there");
    void* const block = alloc.heap_alloc<char>(100'000);
    ASSERT_NE(block, nullptr);
    const Snapshot snapshot = alloc.snapshot();
    ASSERT_EQ(snapshot.threads.size(), 2u);
    EXPECT_EQ(snapshot.threads[0].pool_bytes, snapshot.summary.pool_bytes);
    EXPECT_EQ(snapshot.threads[1].heap_bytes, snapshot.summary.heap_bytes);
    EXPECT_EQ(snapshot.threads[0].heap_bytes, 0u);
    ASSERT_NE(find(snapshot, "there", AllocKind::Heap), nullptr);
    EXPECT_EQ(find(snapshot, "there", AllocKind::Heap)->bytes, snapshot.summary.heap_bytes);
    ASSERT_NE(find(snapshot, "here", AllocKind::Pool), nullptr);
    EXPECT_EQ(find(snapshot, "here", AllocKind::Pool)->bytes, snapshot.summary.pool_bytes);
    alloc.heap_free(static_cast<char*>(block));
  }).join();
  alloc.pool_free(from_here);
  const Snapshot after = alloc.snapshot();
  EXPECT_EQ(after.threads.size(), 1u);  // the other has ended
  EXPECT_EQ(after.summary.total_bytes, 0u);
  EXPECT_GT(after.reserved_bytes, 0u);
  EXPECT_EQ(after.allocation_count, after.deallocation_count);
}

TEST(Snapshot, HasTheBudgetsOfEachThread) {
  SmartAlloc alloc(AllocConfig::minimal());
  const ScopedFrame frame = alloc.scoped_frame();
  alloc.set_thread_frame_budget(4096);
  ASSERT_NE(alloc.frame_alloc_layout(1024, 16), nullptr);
  std::thread([&] {
    alloc.set_thread_pool_budget(1 << 20);
    auto* const block = alloc.pool_alloc<std::uint64_t>();
    const Snapshot snapshot = alloc.snapshot();
    ASSERT_EQ(snapshot.threads.size(), 2u);
    const SnapshotThread& driver = snapshot.threads[0];
    const SnapshotThread& worker = snapshot.threads[1];
    ASSERT_TRUE(driver.budget.has_value());
    EXPECT_EQ(driver.budget->limit, 4096u);
    EXPECT_EQ(driver.budget->used, 1024u);
    EXPECT_EQ(driver.budget->percent(), 25u);
    EXPECT_FALSE(driver.pool_budget.has_value());
    EXPECT_FALSE(worker.budget.has_value());
    ASSERT_TRUE(worker.pool_budget.has_value());
    EXPECT_EQ(worker.pool_budget->limit, 1u << 20);
    EXPECT_EQ(worker.pool_budget->used, alloc.thread_budget_stats().pool_used);
    EXPECT_GT(worker.pool_budget->used, 0u);
    EXPECT_EQ(snapshot.to_json(1).find("pool_budget"), std::string::npos);
    EXPECT_NE(snapshot.to_json(2).find("\"pool_budget\": {"), std::string::npos);
    alloc.pool_free(block);
  }).join();
  alloc.set_thread_frame_budget(0);
  EXPECT_FALSE(alloc.snapshot().threads.at(0).budget.has_value());
}

TEST(Snapshot, ShowsTheBudgetsThatHaveALimit) {
  SmartAlloc alloc(AllocConfig{.enable_budgets = true});
  alloc.budgets()->set_global_budget(0, 8 << 20);
  alloc.budgets()->register_tag_budget("game::physics", 3 << 20, 4 << 20);
  alloc.set_thread_frame_budget(1 << 20);
  alloc.begin_frame();
  alloc.with_tag("game", [&] {
    alloc.with_tag("physics", [&] { EXPECT_NE(alloc.frame_alloc_layout(1000, 16), nullptr); });
  });
  const Snapshot snapshot = alloc.snapshot();
  ASSERT_EQ(snapshot.budgets.size(), 2U);  // "game" has charges and no limit
  EXPECT_TRUE(snapshot.budgets[0].global);
  EXPECT_EQ(snapshot.budgets[0].hard_limit, std::size_t{8} << 20);
  EXPECT_EQ(snapshot.budgets[1].tag, "game::physics");
  EXPECT_EQ(snapshot.budgets[1].soft_limit, std::size_t{3} << 20);
  EXPECT_GE(snapshot.budgets[1].used, 1000U);
  ASSERT_EQ(snapshot.threads.size(), 1U);
  ASSERT_TRUE(snapshot.threads[0].budget.has_value());
  EXPECT_EQ(snapshot.threads[0].budget->limit, std::size_t{1} << 20);
  EXPECT_EQ(snapshot.threads[0].budget->used, snapshot.threads[0].frame_bytes);
  alloc.end_frame();
  EXPECT_EQ(snapshot.to_json(1).find("budgets"), std::string::npos);
  const std::string text = snapshot.to_json(2);
  EXPECT_NE(text.find("\"scope\": \"global\""), std::string::npos);
  EXPECT_NE(text.find("\"tag\": \"game::physics\""), std::string::npos);
}

TEST(Snapshot, OfNoAllocatorIsEmpty) {
  NullSource nothing;
  const SmartAlloc alloc(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  const Snapshot snapshot = alloc.snapshot();
  EXPECT_TRUE(snapshot.threads.empty());
  EXPECT_EQ(snapshot.summary.total_bytes, 0u);
}

}  // namespace
}  // namespace framealloc
