// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_pool.hpp>

#include "arena/scratch_fixture.hpp"

#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::Mourned;
using testing::ScratchWorld;

TEST(ScratchPoolTest, CapacityIsTheChosenOneForEverySize) {
  for (const std::size_t capacity : {32_B, 1000_B, 4_KiB, 20_KiB, 48_KiB, 64_KiB, 1_MiB}) {
    ScratchWorld world;
    ScratchRegistry registry(world.context());
    ScratchPool& pool = registry.pool("work", capacity, ScratchPolicy::Fixed);
    const std::size_t whole = align_up(capacity, kGranule);
    EXPECT_EQ(pool.capacity(), whole);
    EXPECT_EQ(pool.remaining(), whole);
    auto* const block = static_cast<std::byte*>(pool.alloc_bytes(whole - 16));
    ASSERT_NE(block, nullptr) << capacity;
    std::memset(block, 1, whole - 16);
    EXPECT_NE(pool.alloc<int>(), nullptr);
    EXPECT_EQ(pool.allocated(), whole);
    EXPECT_EQ(pool.remaining(), 0U);
    EXPECT_EQ(pool.try_alloc<int>(), nullptr);
    EXPECT_EQ(world.log.size(), 0U);
    EXPECT_EQ(pool.alloc<int>(), nullptr);
    EXPECT_EQ(world.log.count(Code::FA021), 1U);
    EXPECT_TRUE(pool.reset());
    EXPECT_EQ(pool.allocated(), 0U);
    EXPECT_EQ(pool.high_water(), whole);
    EXPECT_EQ(pool.alloc_bytes(whole - 16), block);
  }
}

TEST(ScratchPoolTest, GrowsAndKeepsWhatItGrewByUntilTrimmed) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("grow", 1_KiB);
  std::vector<std::pair<unsigned char*, std::size_t>> blocks;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const std::size_t size = 1 + (i * 37) % 3000;
    auto* const block = static_cast<unsigned char*>(pool.alloc_bytes(size));
    ASSERT_NE(block, nullptr);
    std::memset(block, static_cast<int>(i), size);
    blocks.emplace_back(block, size);
    sum += align_up(size, kGranule);
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    for (std::size_t k = 0; k < blocks[i].second; ++k) {
      ASSERT_EQ(blocks[i].first[k], static_cast<unsigned char>(i));
    }
  }
  EXPECT_EQ(pool.allocated(), sum);
  EXPECT_GE(pool.capacity(), sum);
  const std::size_t grown = pool.capacity();
  const std::uint64_t requests = world.source().requests();
  EXPECT_TRUE(pool.reset());
  for (const auto& block : blocks) ASSERT_NE(pool.alloc_bytes(block.second), nullptr);
  EXPECT_EQ(world.source().requests(), requests) << "what the pool had was not used again";
  EXPECT_EQ(pool.capacity(), grown);
  EXPECT_TRUE(pool.reset());
  EXPECT_GT(pool.trim(), 0U);
  EXPECT_EQ(pool.capacity(), 1_KiB);
  EXPECT_EQ(pool.high_water(), sum);
  EXPECT_EQ(pool.trim(), 0U);
  EXPECT_EQ(world.log.size(), 0U);
}

TEST(ScratchPoolTest, ALargeRequestLeavesTheLaterSegmentsInUse) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("large", 4_KiB);
  for (int i = 0; i < 4; ++i) ASSERT_NE(pool.alloc_bytes(3_KiB), nullptr);
  EXPECT_TRUE(pool.reset());
  ASSERT_NE(pool.alloc_bytes(3_KiB), nullptr);
  auto* const huge = static_cast<char*>(pool.alloc_bytes(500_KiB, 4096));
  ASSERT_NE(huge, nullptr);
  EXPECT_TRUE(is_aligned(huge, 4096));
  std::memset(huge, 1, 500_KiB);
  const std::uint64_t requests = world.source().requests();
  ASSERT_NE(pool.alloc_bytes(3_KiB), nullptr);
  ASSERT_NE(pool.alloc_bytes(3_KiB), nullptr);
  EXPECT_EQ(world.source().requests(), requests);
}

TEST(ScratchPoolTest, EveryAlignmentIsKept) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("aligned", 4_KiB);
  struct alignas(64) Line {
    char bytes[64];
  };
  struct alignas(256) Page {
    explicit Page(int n) : number(n) {}
    ~Page() { number = 0; }
    int number;
  };
  for (int i = 0; i < 64; ++i) {
    ASSERT_NE(pool.alloc_bytes(1), nullptr);
    EXPECT_TRUE(is_aligned(pool.alloc<Line>(), 64));
    EXPECT_TRUE(is_aligned(pool.alloc_slice<Line>(3).data(), 64));
    Page* const page = pool.make<Page>(i);
    EXPECT_TRUE(is_aligned(page, 256));
    EXPECT_EQ(page->number, i);
    for (std::size_t alignment = 1; alignment <= 128_KiB; alignment *= 2) {
      EXPECT_TRUE(is_aligned(pool.alloc_bytes(24, alignment), alignment)) << alignment;
    }
  }
  EXPECT_EQ(world.log.size(), 0U);
}

TEST(ScratchPoolTest, NoBytesAreARequestAndImpossibleOnesAreReported) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("sizes", 4_KiB);
  void* const nothing = pool.alloc_bytes(0);
  ASSERT_NE(nothing, nullptr);
  EXPECT_NE(nothing, pool.alloc_bytes(0));
  EXPECT_NE(pool.alloc_slice<std::string>(0).data(), nullptr);
  EXPECT_TRUE(pool.alloc_slice<std::string>(0).empty());
  EXPECT_EQ(pool.alloc_slice<std::uint64_t>(SIZE_MAX / 4).data(), nullptr);
  EXPECT_EQ(pool.alloc_slice<std::string>(SIZE_MAX / 32 + 2).data(), nullptr);
  EXPECT_EQ(pool.alloc_bytes(SIZE_MAX), nullptr);
  EXPECT_EQ(pool.alloc_bytes(SIZE_MAX - 8, 4096), nullptr);
  EXPECT_EQ(pool.alloc_bytes(8, 24), nullptr);
  EXPECT_EQ(pool.alloc_bytes(8, 0), nullptr);
  EXPECT_EQ(pool.alloc_bytes(8, (SIZE_MAX >> 1) + 1), nullptr);
  EXPECT_EQ(world.log.count(Code::FA011), 7U);
  EXPECT_EQ(pool.try_alloc_bytes(8, 24), nullptr);
  EXPECT_EQ(pool.try_alloc_slice<int>(SIZE_MAX).data(), nullptr);
  EXPECT_EQ(world.log.size(), 7U);
  EXPECT_FALSE(registry.get_or_create("impossible", SIZE_MAX));
  EXPECT_EQ(registry.pool("impossible", SIZE_MAX).try_alloc<int>(), nullptr);
  EXPECT_EQ(world.log.count(Code::FA011), 9U);
  ScratchPool& none = registry.pool("none", 0, ScratchPolicy::Fixed);
  EXPECT_EQ(none.alloc<int>(), nullptr);
  EXPECT_NE(registry.pool("some", 0).alloc<int>(), nullptr);
}

TEST(ScratchPoolTest, DestructorsRunOnceNewestFirst) {
  ScratchWorld world;
  std::vector<int> ended;
  {
    ScratchRegistry registry(world.context());
    ScratchPool& pool = registry.pool("objects", 256);
    for (int i = 0; i < 20; ++i) ASSERT_NE(pool.make<Mourned>(ended, i), nullptr);
    EXPECT_TRUE(pool.reset());
    ASSERT_EQ(ended.size(), 20U);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(ended[static_cast<std::size_t>(i)], 19 - i);
    ended.clear();
    EXPECT_TRUE(pool.reset());
    EXPECT_TRUE(ended.empty());
    const auto texts = pool.alloc_slice<std::string>(5);
    for (std::string& text : texts) text.assign(100, 'x');  // leaks if nobody ends them
    ASSERT_NE(pool.make<Mourned>(ended, 7), nullptr);
  }
  EXPECT_EQ(ended, std::vector<int>{7});
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST(ScratchPoolTest, ADestructorMayAllocate) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("late", 256);
  struct Late {
    explicit Late(ScratchPool& p, std::vector<int>& e) : pool(p), ended(e) {}
    ~Late() {
      EXPECT_NE(pool.alloc_bytes(1000), nullptr);
      EXPECT_NE(pool.make<Mourned>(ended, 1), nullptr);
    }
    ScratchPool& pool;
    std::vector<int>& ended;
  };
  std::vector<int> ended;
  ASSERT_NE(pool.make<Late>(pool, ended), nullptr);
  EXPECT_TRUE(pool.reset());
  EXPECT_EQ(ended.size(), 1U);
  EXPECT_EQ(pool.allocated(), 0U);
}

TEST(ScratchPoolTest, RewindsToWhereItWas) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("rewind", 1_KiB);
  std::vector<int> ended;
  const ScratchCheckpoint start = pool.checkpoint();
  ASSERT_NE(pool.make<Mourned>(ended, 0), nullptr);
  const ScratchCheckpoint one = pool.checkpoint();
  const std::size_t at_one = pool.allocated();
  EXPECT_EQ(one.position(), at_one);
  for (int i = 1; i < 100; ++i) ASSERT_NE(pool.make<Mourned>(ended, i), nullptr);
  const ScratchCheckpoint later = pool.checkpoint();
  EXPECT_TRUE(pool.rewind(one));
  EXPECT_EQ(ended.size(), 99U);
  EXPECT_EQ(ended.back(), 1);
  EXPECT_EQ(pool.allocated(), at_one);
  EXPECT_TRUE(pool.rewind(one)) << "it is still there";
  for (int i = 0; i < 200; ++i) ASSERT_NE(pool.alloc_bytes(100), nullptr);
  EXPECT_FALSE(pool.rewind(later)) << "what it stood on is gone";
  EXPECT_TRUE(pool.rewind(one));
  EXPECT_TRUE(pool.rewind(start));
  EXPECT_EQ(ended.back(), 0);
  EXPECT_EQ(pool.allocated(), 0U);
  EXPECT_FALSE(pool.rewind(one));
  EXPECT_FALSE(pool.rewind(ScratchCheckpoint()));
  EXPECT_FALSE(registry.pool("other").rewind(pool.checkpoint()));
}

TEST(ScratchPoolTest, ACheckpointIntoASegmentThatWasTrimmedIsStale) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("trim", 1_KiB);
  ASSERT_NE(pool.alloc_bytes(1_KiB), nullptr);
  const ScratchCheckpoint end_of_first = pool.checkpoint();
  ASSERT_NE(pool.alloc_bytes(16), nullptr);
  const ScratchCheckpoint in_second = pool.checkpoint();
  EXPECT_TRUE(pool.rewind(end_of_first));
  EXPECT_GT(pool.trim(), 0U);
  EXPECT_FALSE(pool.rewind(in_second));
  EXPECT_TRUE(pool.rewind(end_of_first));
}

// A model says which checkpoints are good: those that no rewind went below.
TEST(ScratchPoolTest, ManyRewindsAgreeWithAModel) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("model", 512);
  struct Known {
    ScratchCheckpoint checkpoint;
    std::size_t position;
    bool good;
  };
  std::vector<Known> known;
  std::uint32_t seed = 12345;
  const auto next = [&seed](std::uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % below;
  };
  int refused = 0;
  int accepted = 0;
  for (int step = 0; step < 20000; ++step) {
    switch (next(4)) {
      case 0:
        known.push_back({pool.checkpoint(), pool.allocated(), true});
        break;
      case 1: {
        if (known.empty()) break;
        const Known chosen = known[next(static_cast<std::uint32_t>(known.size()))];
        const bool done = pool.rewind(chosen.checkpoint);
        if (!chosen.good) {
          ASSERT_FALSE(done) << "step " << step;
        }
        (done ? accepted : refused)++;
        if (!done) break;
        ASSERT_EQ(pool.allocated(), chosen.position);
        for (Known& one : known) one.good = one.good && one.position <= chosen.position;
        break;
      }
      default:
        ASSERT_NE(pool.alloc_bytes(next(400)), nullptr);
    }
    if (step % 500 == 499) {
      ASSERT_TRUE(pool.reset());
      known.clear();
    }
  }
  EXPECT_GT(accepted, 500);
  EXPECT_GT(refused, 500);
}

TEST(ScratchPoolTest, CountsUnderTheTagOfItsMakerAndItsBudget) {
  ScratchWorld world(0, true);
  ScratchRegistry registry(world.context());
  const TagId tag = world.tag("physics");
  ASSERT_TRUE(world.budgets().register_tag_budget("physics", 0, 40_KiB));
  world.set_tag(tag);
  ScratchPool& pool = registry.pool("bodies", 20_KiB);
  world.set_tag(TagId::Untagged);
  EXPECT_EQ(registry.ledger().bytes_of(tag), 0U) << "memory is taken with the first allocation";
  ASSERT_NE(pool.alloc<int>(), nullptr);
  const std::size_t held = registry.ledger().bytes_of(tag);
  EXPECT_GE(held, 20_KiB);
  EXPECT_LE(held, 24_KiB + 64);
  EXPECT_EQ(world.budgets().get_tag_budget("physics")->current_usage, held);
  EXPECT_EQ(registry.ledger().bytes_of(TagId::Untagged), 0U);
  EXPECT_EQ(pool.alloc_bytes(30_KiB), nullptr);
  EXPECT_EQ(world.log.count(Code::FA311), 1U);
  EXPECT_EQ(world.log.last().tag, "physics");
  EXPECT_NE(pool.alloc_bytes(1_KiB), nullptr);
  EXPECT_TRUE(registry.remove("bodies"));
  EXPECT_EQ(registry.ledger().bytes_of(tag), 0U);
  EXPECT_EQ(world.budgets().get_tag_budget("physics")->current_usage, 0U);
}

#if FRAMEALLOC_CHECK_LEVEL >= 1
TEST(ScratchPoolTest, ASecondThreadAtTheSameTimeIsRefused) {
  ScratchWorld world;
  ScratchRegistry registry(world.context());
  ScratchPool& pool = registry.pool("one at a time");
  struct Meddler {
    explicit Meddler(ScratchPool& p) : pool(p) {}
    ~Meddler() {
      EXPECT_NE(pool.alloc<int>(), nullptr);  // the thread that resets is in order
      std::thread([this] {
        EXPECT_EQ(pool.alloc<int>(), nullptr);
        EXPECT_FALSE(pool.reset());
        EXPECT_FALSE(pool.borrow());
      }).join();
    }
    ScratchPool& pool;
  };
  ASSERT_NE(pool.make<Meddler>(pool), nullptr);
  EXPECT_TRUE(pool.reset());
  EXPECT_EQ(world.log.count(Code::FA212), 3U);
  std::thread([&] { EXPECT_NE(pool.alloc<int>(), nullptr); }).join();  // one after the other
  EXPECT_EQ(world.log.count(Code::FA212), 3U);
}
#endif

}  // namespace
}  // namespace framealloc
