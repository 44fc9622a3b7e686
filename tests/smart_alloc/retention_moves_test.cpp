// SPDX-License-Identifier: MIT OR Apache-2.0
// How promoted objects move: by their own constructors, to where their size and alignment fit.
#include "smart_alloc/retention_fixture.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::RetentionWorld;
using testing::Tracked;

using RetentionMoves = RetentionWorld;

TEST_F(RetentionMoves, EachTypeMovesInItsOwnWay) {
  struct MoveOnly {
    std::unique_ptr<Tracked> owned;
  };
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto list = alloc.frame_retained<std::list<int>>(RetentionPolicy::PromoteToPool,
                                                   std::initializer_list<int>{1, 2, 3});
  auto text = alloc.frame_retained<std::string>(RetentionPolicy::PromoteToHeap, "short");
  auto owner =
      alloc.frame_retained<MoveOnly>(RetentionPolicy::PromoteToPool, std::make_unique<Tracked>(9));
  auto pointer = alloc.frame_retained<std::unique_ptr<Tracked>>(RetentionPolicy::PromoteToHeap,
                                                                std::make_unique<Tracked>(10));
  ASSERT_TRUE(list && text && owner && pointer);
  PromotionResult result = alloc.end_frame_with_promotions();
  alloc.begin_frame();
  std::memset(alloc.frame_alloc_layout(4096, 16), 0xEE, 4096);  // over what they lay in
  // The sentinel of a list and the characters of a short string lie inside of the object.
  const PoolBox<std::list<int>> numbers = result.take(list);
  EXPECT_EQ(*numbers, (std::list<int>{1, 2, 3}));
  EXPECT_EQ(*result.take(text), "short");
  EXPECT_TRUE(result.take(owner)->owned->intact(9));
  EXPECT_TRUE((*result.take(pointer))->intact(10));
  EXPECT_EQ(Tracked::moves.load(), 0);
  alloc.end_frame();
}

TEST_F(RetentionMoves, WideAndLargeObjectsKeepTheirAlignment) {
  struct alignas(4096) Page {
    unsigned char bytes[4096];
  };
  struct alignas(64) Huge {
    std::uint32_t words[(3 << 20) / 4];
  };
  SmartAlloc alloc(config());
  alloc.begin_frame();
  auto page = alloc.frame_retained<Page>(RetentionPolicy::PromoteToPool);
  auto page_in_heap = alloc.frame_retained<Page>(RetentionPolicy::PromoteToHeap);
  auto huge = alloc.frame_retained<Huge>(RetentionPolicy::PromoteToPool);
  ASSERT_TRUE(page && page_in_heap && huge);
  std::memset(page.get(), 0x11, sizeof(Page));
  std::memset(page_in_heap.get(), 0x22, sizeof(Page));
  for (std::uint32_t i = 0; i < std::size(huge->words); ++i) huge->words[i] = i * 7;
  PromotionResult result = alloc.end_frame_with_promotions();
  ASSERT_EQ(result.summary.failed_count, 0u);
  const PoolBox<Page> a = result.take(page);
  const HeapBox<Page> b = result.take(page_in_heap);
  const PoolBox<Huge> c = result.take(huge);
  ASSERT_TRUE(a && b && c);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.get()) % 4096, 0u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(b.get()) % 4096, 0u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(c.get()) % 64, 0u);
  EXPECT_EQ(a->bytes[4095], 0x11);
  EXPECT_EQ(b->bytes[4095], 0x22);
  for (std::uint32_t i = 0; i < std::size(c->words); i += 997) ASSERT_EQ(c->words[i], i * 7);
  EXPECT_GE(alloc.stats().pool_allocated, sizeof(Page) + sizeof(Huge));
}

template <std::size_t alignment, std::size_t times>
void promote_aligned(SmartAlloc& alloc) {
  struct alignas(alignment) Wide {
    unsigned char bytes[alignment * times];
  };
  alloc.begin_frame();
  std::vector<FrameRetained<Wide>> handles;
  for (int i = 0; i < 10; ++i) {
    // Smaller blocks in between, so that no two wide ones lie side by side.
    (void)alloc.frame_retained<int>(RetentionPolicy::PromoteToPool, i);
    (void)alloc.frame_retained<std::array<char, 48>>(RetentionPolicy::PromoteToHeap);
    (void)alloc.frame_retained<std::array<char, 20016>>(RetentionPolicy::PromoteToPool);
    handles.push_back(alloc.frame_retained<Wide>(i % 2 == 0 ? RetentionPolicy::PromoteToPool
                                                            : RetentionPolicy::PromoteToHeap));
    ASSERT_TRUE(handles.back());
    std::memset(handles.back()->bytes, i, sizeof(Wide));
  }
  PromotionResult result = alloc.end_frame_with_promotions();
  for (std::size_t i = 0; i < handles.size(); ++i) {
    const PromotedBox<Wide> box = result.take(handles[i]);
    ASSERT_TRUE(box);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(box.get()) % alignment, 0u)
        << alignment << " * " << times;
    EXPECT_EQ(box->bytes[sizeof(Wide) - 1], i);
  }
}

TEST_F(RetentionMoves, EveryAlignmentIsKept) {
  SmartAlloc alloc(config());
  promote_aligned<32, 1>(alloc);
  promote_aligned<32, 3>(alloc);
  promote_aligned<64, 1>(alloc);
  promote_aligned<64, 5>(alloc);
  promote_aligned<128, 3>(alloc);
  promote_aligned<512, 1>(alloc);
  promote_aligned<512, 7>(alloc);
  promote_aligned<2048, 9>(alloc);
  promote_aligned<4096, 17>(alloc);
  promote_aligned<16384, 1>(alloc);
}

// A move constructor that uses the frame it moves out of.
TEST_F(RetentionMoves, MovesMayAllocateAndRetain) {
  struct Busy {
    explicit Busy(SmartAlloc& a) : alloc(a) {}
    Busy(Busy&& other) noexcept : alloc(other.alloc) {
      EXPECT_TRUE(alloc.in_frame());
      EXPECT_NE(alloc.frame_alloc<char[100]>(), nullptr);
      EXPECT_TRUE(alloc.frame_retained<Tracked>(RetentionPolicy::PromoteToPool, 1));
    }
    Busy& operator=(Busy&&) = delete;
    ~Busy() = default;
    SmartAlloc& alloc;
  };
  SmartAlloc alloc(config());
  alloc.begin_frame();
  (void)alloc.frame_retained<Busy>(RetentionPolicy::PromoteToHeap, alloc);
  const PromotionResult result = alloc.end_frame_with_promotions();
  EXPECT_EQ(result.promoted.size(), 1u);
  EXPECT_EQ(Tracked::ends.load(), 1);
  EXPECT_EQ(alloc.retained_count(), 0u);
}

}  // namespace
}  // namespace framealloc
