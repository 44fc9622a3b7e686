// SPDX-License-Identifier: MIT OR Apache-2.0
// The summary of a frame, the reasons of failures, and scratch pools as a destination.
#include "smart_alloc/retention_fixture.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>

namespace framealloc {
namespace {

using namespace framealloc::literals;
using testing::RetentionWorld;
using testing::Tracked;
using Kind = PromotionKind;

using RetentionSummary = RetentionWorld;
using RetentionScratch = RetentionWorld;
using RetentionFailures = RetentionWorld;

template <std::size_t n>
struct Bytes {
  std::array<unsigned char, n> bytes;
};

TagSummary tag_row(const FrameSummary& summary, std::string_view tag) {
  for (const TagSummary& row : summary.by_tag) {
    if (row.tag == tag) return row;
  }
  return {};
}
PhaseSummary phase_row(const FrameSummary& summary, std::string_view phase) {
  for (const PhaseSummary& row : summary.by_phase) {
    if (row.phase == phase) return row;
  }
  return {};
}

// The original never fills discarded_*, by_tag and by_phase.
TEST_F(RetentionSummary, AddsUpByTagAndPhase) {
  SmartAlloc alloc(config());
  (void)alloc.scratch_pool("level", 64_KiB);
  alloc.begin_frame();
  (void)alloc.frame_alloc_layout(1000, 16);  // 1008 with rounding
  {
    const TagScope tag = alloc.tag_scope("game::ai");
    const PhaseScope think = alloc.phase_scope("think");
    (void)alloc.frame_retained<Bytes<100>>(RetentionPolicy::PromoteToPool);
    {
      const PhaseScope plan = alloc.phase_scope("plan");
      (void)alloc.frame_retained<Bytes<200>>(RetentionPolicy::PromoteToHeap);
      (void)alloc.frame_retained<Bytes<300>>(RetentionPolicy::Discard);
    }
  }
  {
    const TagScope tag = alloc.tag_scope("render");
    (void)alloc.frame_retained<Bytes<400>>(RetentionPolicy::PromoteToScratch("level"));
    (void)alloc.frame_retained<Bytes<500>>(RetentionPolicy::PromoteToScratch("nowhere"));
    (void)alloc.frame_alloc_layout(2048, 16);
  }
  const std::size_t held = alloc.frame_stats().bytes_allocated;
  const std::size_t ai = alloc.tag_stats("game::ai").frame_bytes;
  const std::size_t render = alloc.tag_stats("render").frame_bytes;
  const PromotionResult result = alloc.end_frame_with_promotions();
  const FrameSummary& summary = result.summary;

  EXPECT_EQ(summary.frame_number, 1u);
  EXPECT_EQ(summary.frame_bytes, held);
  EXPECT_EQ(summary.promoted_pool_bytes, 100u);
  EXPECT_EQ(summary.promoted_pool_count, 1u);
  EXPECT_EQ(summary.promoted_heap_bytes, 200u);
  EXPECT_EQ(summary.promoted_heap_count, 1u);
  EXPECT_EQ(summary.promoted_scratch_bytes, 400u);
  EXPECT_EQ(summary.promoted_scratch_count, 1u);
  EXPECT_EQ(summary.failed_bytes, 500u);
  EXPECT_EQ(summary.failed_count, 1u);
  EXPECT_EQ(summary.failures_by_reason.scratch_pool_not_found, 1u);
  EXPECT_EQ(summary.failures_by_reason.total(), 1u);
  EXPECT_EQ(summary.discarded_count, 1u);
  EXPECT_EQ(summary.discarded_bytes, held - 1200);
  EXPECT_EQ(summary.total_retained_bytes(), 700u);
  EXPECT_EQ(summary.total_retained_count(), 3u);
  EXPECT_DOUBLE_EQ(summary.promotion_success_rate(), 0.75);

  ASSERT_EQ(summary.by_tag.size(), 3u);
  EXPECT_EQ(tag_row(summary, "game::ai").promoted_bytes, 300u);
  EXPECT_EQ(tag_row(summary, "game::ai").discarded_bytes, ai - 300);
  EXPECT_EQ(tag_row(summary, "render").promoted_bytes, 400u);
  EXPECT_EQ(tag_row(summary, "render").failed_bytes, 500u);
  EXPECT_EQ(tag_row(summary, "render").discarded_bytes, render - 900);
  EXPECT_EQ(tag_row(summary, "").discarded_bytes, 1008u);
  std::size_t discarded = 0;
  for (const TagSummary& row : summary.by_tag) discarded += row.discarded_bytes;
  EXPECT_EQ(discarded, summary.discarded_bytes);

  ASSERT_EQ(summary.by_phase.size(), 3u);
  EXPECT_EQ(phase_row(summary, "think").promoted_bytes, 100u);
  EXPECT_EQ(phase_row(summary, "plan").promoted_bytes, 200u);
  EXPECT_EQ(phase_row(summary, "plan").discarded_bytes, 300u);
  EXPECT_EQ(phase_row(summary, "").promoted_bytes, 400u);
  EXPECT_EQ(phase_row(summary, "").failed_bytes, 500u);

  ASSERT_EQ(result.promoted.size(), 4u);
  EXPECT_EQ(result.promoted[0].tag(), "game::ai");
  EXPECT_EQ(result.promoted[0].phase(), "think");
  EXPECT_EQ(result.promoted[1].phase(), "plan");
  EXPECT_EQ(result.promoted[2].pool_name(), "level");
  EXPECT_EQ(result.promoted[3].kind(), Kind::Failed);
  EXPECT_EQ(to_string(result.promoted[3].reason()), "scratch pool not found");
  // Where they are now, they are counted under the tag that they were made under.
  EXPECT_GE(alloc.tag_stats("game::ai").current_bytes, 300u);
  EXPECT_EQ(alloc.tag_stats("game::ai").heap_bytes,
            alloc.stats().heap_allocated - alloc.scratch().stats()[0].reserved);
  EXPECT_EQ(alloc.current_tag(), "");
}

TEST_F(RetentionSummary, OfFramesThatRetainNothing) {
  SmartAlloc alloc(config());
  for (std::uint64_t frame = 1; frame <= 3; ++frame) {
    alloc.begin_frame();
    (void)alloc.frame_alloc_layout(500 * frame, 16);
    const FrameSummary summary = alloc.end_frame_with_summary();
    EXPECT_EQ(summary.frame_number, frame);
    EXPECT_EQ(summary.frame_bytes, align_up(500 * frame, 16));
    EXPECT_EQ(summary.discarded_bytes, summary.frame_bytes);
    EXPECT_EQ(summary.discarded_count, 0u);
    EXPECT_EQ(summary.promotion_success_rate(), 1.0);
    ASSERT_EQ(summary.by_tag.size(), 1u);
    EXPECT_EQ(summary.by_tag[0].discarded_bytes, summary.frame_bytes);
    EXPECT_TRUE(summary.by_phase.empty());
    const FrameSummary copy = summary;
    ASSERT_EQ(copy.by_tag.size(), 1u);
    EXPECT_EQ(copy.by_tag[0].discarded_bytes, summary.frame_bytes);
  }
  EXPECT_EQ(alloc.end_frame_with_summary().frame_bytes, 0u);
  EXPECT_EQ(log.count(Code::FA004), 1u);
}

// In the order in which they were made, whatever the number.
TEST_F(RetentionSummary, ManyObjectsAreFoundByTheirHandles) {
  SmartAlloc alloc(config());
  alloc.begin_frame();
  constexpr int kObjects = 1000;
  std::vector<FrameRetained<Tracked>> handles;
  for (int i = 0; i < kObjects; ++i) {
    handles.push_back(alloc.frame_retained<Tracked>(
        i % 3 == 0 ? RetentionPolicy::PromoteToHeap : RetentionPolicy::PromoteToPool, i));
  }
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), std::size_t{kObjects});
  EXPECT_TRUE(std::is_sorted(result.promoted.begin(), result.promoted.end(),
                             [](const auto& a, const auto& b) { return a.id() < b.id(); }));
  for (std::size_t i = kObjects; i-- > 0;) {
    const PromotedBox<Tracked> box = result.take(handles[i]);
    ASSERT_TRUE(box);
    ASSERT_TRUE(box->intact(static_cast<int>(i)));
    ASSERT_EQ(box.kind(), i % 3 == 0 ? Kind::Heap : Kind::Pool);
  }
  EXPECT_EQ(result.find(0), nullptr);
  EXPECT_EQ(result.find(UINT64_MAX), nullptr);
}

TEST_F(RetentionScratch, ObjectsLiveUntilThePoolIsReset) {
  SmartAlloc alloc(config());
  ScratchPool& level = alloc.scratch_pool("level", 64_KiB);
  alloc.begin_frame();
  auto handle = alloc.frame_with_importance<Tracked>(Importance::Scratch("level"), 4);
  struct alignas(256) Wide {
    Tracked tracked{5};
  };
  auto wide = alloc.frame_retained<Wide>(RetentionPolicy::PromoteToScratch("level"));
  Tracked* object = nullptr;
  {
    PromotionResult result = alloc.end_frame_with_promotions();
    const PromotedBox<Tracked> box = result.take(handle);
    EXPECT_EQ(box.kind(), Kind::Scratch);
    object = box.get();
    const PromotedBox<Wide> wide_box = result.take(wide);
    ASSERT_TRUE(wide_box);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide_box.get()) % 256, 0u);
    EXPECT_TRUE(wide_box->tracked.intact(5));
  }
  ASSERT_NE(object, nullptr);
  alloc.begin_frame();
  std::memset(alloc.frame_alloc_layout(4096, 16), 0xEE, 4096);
  EXPECT_TRUE(object->intact(4));
  alloc.end_frame();
  EXPECT_EQ(Tracked::alive.load(), 2);
  EXPECT_TRUE(level.reset());
  EXPECT_EQ(Tracked::alive.load(), 0);
}

TEST_F(RetentionScratch, EndsWithTheAllocatorAtTheLatest) {
  {
    SmartAlloc alloc(config());
    alloc.begin_frame();
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToScratch("made", 4_KiB), 4);
    const FrameSummary summary = alloc.end_frame_with_summary();
    EXPECT_EQ(summary.promoted_scratch_count, 1u);
    EXPECT_TRUE(alloc.scratch().exists("made"));
    EXPECT_EQ(Tracked::alive.load(), 1);
  }
  EXPECT_EQ(Tracked::alive.load(), 0);
}

TEST_F(RetentionScratch, NamesAreCopied) {
  SmartAlloc alloc(config());
  (void)alloc.scratch_pool("a name that is only here for a while", 4_KiB);
  alloc.begin_frame();
  {
    std::string name = "a name that is only here for a while";
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToScratch(name), 1);
    std::fill(name.begin(), name.end(), '?');
  }
  const PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_EQ(result.summary.promoted_scratch_count, 1u);
  EXPECT_EQ(result.promoted[0].pool_name(), "a name that is only here for a while");
}

// In the original a missing pool, a full one and every other null are "budget exceeded".
TEST_F(RetentionFailures, OfScratchPoolsHaveTheirOwnReasons) {
  SmartAlloc alloc(config());
  (void)alloc.scratch().get_or_create("small", 1_KiB, ScratchPolicy::Fixed);
  alloc.begin_frame();
  const RetentionPolicy small = RetentionPolicy::PromoteToScratch("small");
  (void)alloc.frame_retained<Bytes<700>>(small);
  (void)alloc.frame_retained<Bytes<701>>(small);   // full by now
  (void)alloc.frame_retained<Bytes<5000>>(small);  // never fits
  (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToScratch("none"), 1);
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), 4u);
  EXPECT_EQ(result.promoted[0].reason(), PromotionFailure::None);
  EXPECT_EQ(result.promoted[1].reason(), PromotionFailure::ScratchPoolFull);
  EXPECT_EQ(result.promoted[2].reason(), PromotionFailure::TooLarge);
  EXPECT_EQ(result.promoted[3].reason(), PromotionFailure::ScratchPoolNotFound);
  EXPECT_EQ(result.promoted[3].as<Tracked>(), nullptr);
  EXPECT_EQ(Tracked::alive.load(), 0);
  EXPECT_EQ(Tracked::ends.load(), 1);
  EXPECT_EQ(result.summary.failures_by_reason.scratch_pool_full, 1u);
  EXPECT_EQ(result.summary.failures_by_reason.too_large, 1u);
  EXPECT_EQ(result.summary.failures_by_reason.scratch_pool_not_found, 1u);
  EXPECT_EQ(log.count(Code::FA609), 1u);
  EXPECT_EQ(log.count(Code::FA021), 2u);
  EXPECT_FALSE(alloc.scratch().exists("none"));
}

TEST_F(RetentionFailures, OfBudgetsNameThem) {
  AllocConfig with_budgets = config();
  with_budgets.enable_budgets = true;
  SmartAlloc alloc(with_budgets);
  alloc.budgets()->register_tag_budget("small", 0, 256_KiB);
  alloc.begin_frame();
  FrameRetained<Bytes<200000>> handle;
  {
    const TagScope tag = alloc.tag_scope("small");
    handle = alloc.frame_retained<Bytes<200000>>(RetentionPolicy::PromoteToHeap);
    ASSERT_TRUE(handle);
    (void)alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 2);
  }
  auto outside = alloc.frame_retained<Bytes<200000>>(RetentionPolicy::PromoteToHeap);
  PromotionResult result = alloc.end_frame_with_promotions();
  // Both copies are there for a moment, and the tag has no room for that.
  ASSERT_NE(result.find(handle.id()), nullptr);
  EXPECT_EQ(result.find(handle.id())->reason(), PromotionFailure::BudgetExceeded);
  EXPECT_EQ(result.find(handle.id())->tag(), "small");
  EXPECT_EQ(result.summary.failures_by_reason.budget_exceeded, 1u);
  EXPECT_EQ(log.last().code, Code::FA311);
  EXPECT_EQ(log.last().tag, "small");
  EXPECT_TRUE(result.take(outside));
  EXPECT_EQ(result.summary.promoted_pool_count, 1u);
}

TEST_F(RetentionFailures, OfTheMemoryLimitToo) {
  SmartAlloc alloc(config().with_memory_limit(8_MiB));
  alloc.begin_frame();
  auto handle = alloc.frame_retained<Bytes<3 << 20>>(RetentionPolicy::PromoteToHeap);
  ASSERT_TRUE(handle);
  (void)alloc.frame_alloc_layout(1_MiB, 16);
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(result.promoted[0].reason(), PromotionFailure::BudgetExceeded);
  EXPECT_EQ(log.last().code, Code::FA310);
}

TEST_F(RetentionFailures, OfADrySourceAreOutOfMemory) {
  // Dry from the moment that it is told to be.
  class Tap final : public MemorySource {
   public:
    explicit Tap(MemorySource& from) : from_(from) {}
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
      return open ? from_.allocate(bytes, alignment) : nullptr;
    }
    void deallocate(void* p, std::size_t bytes, std::size_t alignment) noexcept override {
      from_.deallocate(p, bytes, alignment);
    }
    std::string_view name() const noexcept override { return "tap"; }
    bool open = true;

   private:
    MemorySource& from_;
  } tap(counting);
  SmartAlloc alloc(config().with_upstream(&tap));
  alloc.begin_frame();
  (void)alloc.frame_retained<Bytes<100>>(RetentionPolicy::PromoteToPool);
  auto large = alloc.frame_retained<Bytes<3 << 20>>(RetentionPolicy::PromoteToHeap);
  auto scratch =
      alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToScratch("fresh", 4_MiB), 1);
  ASSERT_TRUE(large && scratch);
  tap.open = false;
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_NE(result.find(large.id()), nullptr);
  EXPECT_EQ(result.find(large.id())->reason(), PromotionFailure::OutOfMemory);
  EXPECT_EQ(result.find(scratch.id())->reason(), PromotionFailure::OutOfMemory);
  EXPECT_EQ(Tracked::alive.load(), 0);
  tap.open = true;
}

TEST_F(RetentionFailures, OfTypesThatStayWhereTheyAre) {
  struct Fixed {
    explicit Fixed(int v) : tracked(v) {}
    Fixed(const Fixed&) = delete;
    Fixed& operator=(const Fixed&) = delete;
    Tracked tracked;
    std::atomic<int> count{0};
  };
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto handle = alloc.frame_retained<Fixed>(RetentionPolicy::PromoteToPool, 3);
  EXPECT_TRUE(handle->tracked.intact(3));
  const PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(result.promoted[0].reason(), PromotionFailure::NotMovable);
  EXPECT_EQ(result.summary.failures_by_reason.not_movable, 1u);
  EXPECT_EQ(log.last().code, Code::FA609);
  EXPECT_NE(log.last().message.find("Fixed"), std::string::npos) << log.last().message;
  EXPECT_EQ(alloc.stats().pool_allocated, 0u);
}

}  // namespace
}  // namespace framealloc
