// SPDX-License-Identifier: MIT OR Apache-2.0
// Every way that a retained object can go: each ends exactly once, and only those that are promoted
// outlive their frame.
#include "smart_alloc/retention_fixture.hpp"

#include <memory>
#include <vector>

namespace framealloc {
namespace {

using testing::RetentionWorld;
using testing::Tracked;
using Kind = PromotionKind;

using Retention = RetentionWorld;

static_assert(!RetentionPolicy::Discard.promotes() && RetentionPolicy::PromoteToPool.promotes());
static_assert(RetentionPolicy() == RetentionPolicy::Discard);
static_assert(RetentionPolicy::Discard.destination() == "discard");
static_assert(RetentionPolicy::PromoteToPool.destination() == "pool");
static_assert(RetentionPolicy::PromoteToHeap.destination() == "heap");
static_assert(RetentionPolicy::PromoteToScratch("level").destination() == "level");
static_assert(Importance().policy() == RetentionPolicy::Discard);
static_assert(Importance::Ephemeral.policy() == RetentionPolicy::Discard);
static_assert(Importance::Reusable.policy() == RetentionPolicy::PromoteToPool);
static_assert(Importance::Persistent.policy() == RetentionPolicy::PromoteToHeap);
static_assert(Importance::Scratch("level").policy() == RetentionPolicy::PromoteToScratch("level"));

TEST_F(Retention, HandlesPointAtObjectsThatAreThere) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto handle = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 7);
  ASSERT_TRUE(handle);
  EXPECT_TRUE(handle->intact(7));
  EXPECT_TRUE((*handle).intact(7));
  EXPECT_NE(handle.id(), 0u);
  auto other = std::move(handle);
  EXPECT_FALSE(handle);
  EXPECT_EQ(handle.get(), nullptr);
  ASSERT_TRUE(other);
  Tracked& same = *other;
  auto& alias = other;
  other = std::move(alias);
  EXPECT_EQ(other.get(), &same);
  auto second = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 8);
  EXPECT_NE(second.id(), other.id());
  second = std::move(other);  // the object of 8 stays in the frame
  EXPECT_TRUE(second->intact(7));
  EXPECT_EQ(alloc.retained_count(), 2u);
  alloc.end_frame();
  EXPECT_FALSE(second);
  EXPECT_EQ(second.get(), nullptr);
  EXPECT_EQ(alloc.retained_count(), 0u);
}

// The original keeps its records over a plain end_frame() and copies from recycled memory later.
TEST_F(Retention, PlainEndDestroysAndForgets) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  for (const RetentionPolicy policy :
       {RetentionPolicy::PromoteToPool, RetentionPolicy::Discard, RetentionPolicy::PromoteToHeap}) {
    ASSERT_TRUE(alloc.frame_retained<Tracked>(policy, 1));
  }
  EXPECT_EQ(Tracked::alive.load(), 3);
  EXPECT_EQ(alloc.retained_count(), 2u);
  alloc.end_frame();
  EXPECT_EQ(Tracked::alive.load(), 0);
  EXPECT_EQ(Tracked::moves.load(), 0);
  alloc.begin_frame();
  (void)alloc.frame_alloc<char[4096]>();
  const PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_TRUE(result.promoted.empty());
  EXPECT_EQ(result.summary.total_retained_count(), 0u);
  EXPECT_EQ(result.summary.promotion_success_rate(), 1.0);
}

TEST_F(Retention, PromotedObjectsAreOwnedByWhoeverTakesThem) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto pooled = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  auto dropped = alloc.frame_retained<Tracked>(RetentionPolicy::Discard, 2);
  auto heaped = alloc.frame_with_importance<Tracked>(Importance::Persistent, 3);
  PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_FALSE(alloc.in_frame());
  EXPECT_FALSE(pooled || dropped || heaped);
  EXPECT_EQ(Tracked::alive.load(), 2);
  EXPECT_EQ(Tracked::moves.load(), 2);
  ASSERT_EQ(result.promoted.size(), 2u);
  PromotedAllocation& first = result.promoted[0];
  EXPECT_TRUE(first.is_success());
  EXPECT_EQ(first.kind(), Kind::Pool);
  EXPECT_EQ(first.size(), sizeof(Tracked));
  EXPECT_EQ(first.alignment(), alignof(Tracked));
  EXPECT_NE(first.type_name().find("Tracked"), std::string_view::npos);
  EXPECT_EQ(first.id(), pooled.id());
  EXPECT_EQ(result.promoted[1].kind(), Kind::Heap);
  EXPECT_EQ(first.as<int>(), nullptr);
  EXPECT_EQ(first.take<int>().get(), nullptr);
  ASSERT_NE(first.as<Tracked>(), nullptr);
  EXPECT_TRUE(first.as<Tracked>()->intact(1));

  PoolBox<Tracked> in_pool = result.take(pooled);
  HeapBox<Tracked> in_heap = result.take(heaped);
  EXPECT_EQ(result.take(dropped).get(), nullptr);
  EXPECT_EQ(result.take(pooled).get(), nullptr);  // taken
  ASSERT_TRUE(in_pool);
  ASSERT_TRUE(in_heap);
  EXPECT_TRUE(in_pool->intact(1));
  EXPECT_TRUE(in_heap->intact(3));
  EXPECT_GE(alloc.stats().pool_allocated, sizeof(Tracked));
  EXPECT_GE(alloc.stats().heap_allocated, sizeof(Tracked));
  result = {};
  EXPECT_EQ(Tracked::alive.load(), 2);
  in_pool.reset();
  in_heap.reset();
  EXPECT_EQ(Tracked::alive.load(), 0);
  EXPECT_EQ(alloc.stats().total_allocated, 0u);
}

TEST_F(Retention, WhatNobodyTakesGoesWithTheResult) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 2);
  {
    PromotionResult result = alloc.end_frame_with_promotions();
    PromotionResult moved = std::move(result);
    EXPECT_TRUE(result.promoted.empty());
    EXPECT_EQ(moved.promoted.size(), 2u);
    EXPECT_EQ(Tracked::alive.load(), 2);
  }
  EXPECT_EQ(Tracked::alive.load(), 0);
  EXPECT_EQ(alloc.stats().total_allocated, 0u);
  EXPECT_EQ(alloc.stats().active_allocations(), 0u);
}

TEST_F(Retention, BoxesOfPromotedObjectsConvertOnlyToTheRightOne) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto handle = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 5);
  PromotionResult result = alloc.end_frame_with_promotions();
  PromotedBox<Tracked> box = result.take(handle);
  EXPECT_EQ(box.kind(), Kind::Heap);
  const PoolBox<Tracked> wrong = std::move(box);
  EXPECT_FALSE(wrong);
  ASSERT_TRUE(box);
  PromotedBox<Tracked> other = std::move(box);
  EXPECT_TRUE(other->intact(5));
  Tracked* const raw = other.release();
  std::destroy_at(raw);
  alloc.heap_free(raw);
  EXPECT_EQ(alloc.stats().heap_allocated, 0u);
}

TEST_F(Retention, RolledBackObjectsAreNotPromoted) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto kept = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  FrameRetained<Tracked> gone;
  {
    const CheckpointGuard guard = alloc.checkpoint_guard();
    gone = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 2);
    EXPECT_EQ(alloc.retained_count(), 2u);
  }
  EXPECT_FALSE(gone);
  EXPECT_EQ(Tracked::alive.load(), 1);
  EXPECT_EQ(alloc.retained_count(), 1u);
  {
    CheckpointGuard guard = alloc.checkpoint_guard();
    gone = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 3);
    guard.commit();
  }
  {
    const FrameScope scope = alloc.frame_scope();
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 4);
  }
  (void)alloc.speculative([&] {
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 5);
    return false;
  });
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), 2u);
  EXPECT_TRUE(result.take(kept)->intact(1));
  EXPECT_TRUE(result.take(gone)->intact(3));
}

// A frame that promotes inside of a guard: the guard is stale then and moves nothing.
TEST_F(Retention, GuardsOfAnEndedFrameChangeNothing) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  PromotionResult result;
  {
    const CheckpointGuard guard = alloc.checkpoint_guard();
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
    result = alloc.end_frame_with_promotions();
  }
  ASSERT_EQ(result.promoted.size(), 1u);
  EXPECT_TRUE(result.promoted[0].as<Tracked>()->intact(1));
}

TEST_F(Retention, TheEndOfTheAllocatorDestroysWhatIsRetained) {
  {
    SmartAlloc alloc(config());
    alloc.begin_frame();
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
    auto handle = alloc.frame_retained<Tracked>(RetentionPolicy::Discard, 2);
    SmartAlloc().swap(alloc);
    EXPECT_FALSE(handle);
    EXPECT_EQ(Tracked::alive.load(), 0);
  }
  EXPECT_EQ(Tracked::ends.load(), 2);
}

TEST_F(Retention, ThrownConstructorsLeaveNothing) {
  struct Thrower {
    Thrower() { throw 1; }
    Tracked never{1};
  };
  SmartAlloc alloc(config());
  alloc.begin_frame();
  EXPECT_THROW((void)alloc.frame_retained<Thrower>(RetentionPolicy::PromoteToPool), int);
  EXPECT_EQ(alloc.retained_count(), 0u);
  EXPECT_TRUE(alloc.end_frame_with_promotions().promoted.empty());
}

TEST_F(Retention, ClearedObjectsEndWithTheirFrame) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 2);
  alloc.clear_retained();
  EXPECT_EQ(alloc.retained_count(), 0u);
  EXPECT_EQ(Tracked::alive.load(), 2);
  auto after = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 3);
  EXPECT_EQ(alloc.retained_count(), 1u);
  PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(result.summary.discarded_count, 2u);
  EXPECT_EQ(alloc.retained_count(), 0u);
  EXPECT_TRUE(result.take(after)->intact(3));
}

// Objects stay where the frames that are still in flight read them.
TEST_F(Retention, WithFramesInFlightPromotesWhatIsAboutToEnd) {
  SmartAlloc alloc(config().with_frames_in_flight(2));
  alloc.begin_frame();
  auto first = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_TRUE(result.promoted.empty());
  EXPECT_EQ(result.summary.frame_number, 0u);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->intact(1));

  alloc.begin_frame();
  auto second = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToHeap, 2);
  result = alloc.end_frame_with_promotions();
  EXPECT_EQ(result.summary.frame_number, 1u);
  ASSERT_EQ(result.promoted.size(), 1u);
  EXPECT_TRUE(result.take(first)->intact(1));
  EXPECT_TRUE(second->intact(2));
  EXPECT_GE(result.summary.frame_bytes, sizeof(Tracked));

  alloc.begin_frame();
  alloc.end_frame();
  EXPECT_FALSE(second);
  EXPECT_EQ(Tracked::alive.load(), 0);
}

TEST_F(Retention, FramesOfAThreadOfItsOwnPromoteToo) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto shared = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  alloc.begin_thread_frame();
  auto own = alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 2);
  auto dropped = alloc.frame_retained<Tracked>(RetentionPolicy::Discard, 3);
  PromotionResult result = alloc.end_thread_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(result.summary.discarded_count, 1u);
  EXPECT_TRUE(result.take(own)->intact(2));
  EXPECT_TRUE(shared);
  alloc.begin_thread_frame();
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 4);
  alloc.end_thread_frame();
  result = alloc.end_frame_with_promotions();
  EXPECT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(log.count(Code::FA004), 0u);
  (void)alloc.end_thread_frame_with_promotions();
  EXPECT_EQ(log.count(Code::FA004), 1u);
}

TEST_F(Retention, OutsideOfAFrameNothingHappens) {
  SmartAlloc alloc(config());
  EXPECT_FALSE(alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1));
  EXPECT_EQ(log.count(Code::FA001), 1u);
  const PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_EQ(log.count(Code::FA004), 1u);
  EXPECT_TRUE(result.promoted.empty());
  EXPECT_EQ(result.summary.frame_number, 0u);
}

TEST_F(Retention, OfNoAllocatorDenyEverything) {
  NullSource nothing;
  SmartAlloc alloc(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  alloc.begin_frame();
  EXPECT_FALSE(alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1));
  alloc.set_promotion_handler(nullptr);
  EXPECT_EQ(alloc.retained_count(), 0u);
  alloc.clear_retained();
  EXPECT_TRUE(alloc.end_frame_with_promotions().promoted.empty());
  EXPECT_EQ(alloc.end_frame_with_summary().frame_bytes, 0u);
}

TEST_F(Retention, TheHandlerMayTakeWhatTheSummaryOnlyCounts) {
  SmartAlloc alloc(config());
  struct Keeper {
    SmartAlloc& alloc;
    std::vector<PoolBox<Tracked>> boxes;
    bool in_frame = true;
  } keeper{alloc, {}};
  alloc.set_promotion_handler(
      [](PromotedAllocation& item, void* context) {
        auto& mine = *static_cast<Keeper*>(context);
        mine.in_frame = mine.alloc.in_frame();
        if (item.as<Tracked>()->value != 1) mine.boxes.push_back(item.take<Tracked>());
      },
      &keeper);
  alloc.begin_frame();
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1);
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 2);
  const FrameSummary summary = alloc.end_frame_with_summary();
  EXPECT_EQ(summary.promoted_pool_count, 2u);
  EXPECT_FALSE(keeper.in_frame);
  ASSERT_EQ(keeper.boxes.size(), 1u);
  EXPECT_TRUE(keeper.boxes[0]->intact(2));
  EXPECT_EQ(Tracked::alive.load(), 1);
}

}  // namespace
}  // namespace framealloc
