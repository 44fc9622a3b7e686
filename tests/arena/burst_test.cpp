// SPDX-License-Identifier: MIT OR Apache-2.0
// Bursts: what they hand out is the arena's as if it had been asked for each, whatever else happens
// to the arena while one is open.
#include <framealloc/arena_scope.hpp>
#include <framealloc/frame_burst.hpp>

#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

struct Block {
  unsigned char* at;
  std::size_t size;
  unsigned char pattern;
};

class Blocks {
 public:
  void add(void* at, std::size_t size) {
    ASSERT_NE(at, nullptr);
    const auto pattern = static_cast<unsigned char>(blocks_.size() * 7 + 1);
    std::memset(at, pattern, size);
    blocks_.push_back({static_cast<unsigned char*>(at), size, pattern});
  }
  void expect_intact() const {
    for (const Block& each : blocks_) {
      for (std::size_t i = 0; i < each.size; ++i) ASSERT_EQ(each.at[i], each.pattern);
    }
  }

 private:
  std::vector<Block> blocks_;
};

TEST(Burst, BumpsAndGivesTheRestBack) {
  TestHost host;
  host.begin();
  void* const before = host.arena().alloc_bytes(16);
  {
    FrameBurst burst = host.arena().burst(4096);
    EXPECT_EQ(burst.remaining(), 4096u);
    auto* const first = burst.alloc<char[20]>();
    auto* const second = burst.alloc_bytes(100);
    EXPECT_EQ(reinterpret_cast<std::byte*>(first), static_cast<std::byte*>(before) + 16);
    EXPECT_EQ(static_cast<std::byte*>(second), static_cast<std::byte*>(before) + 48);
    EXPECT_EQ(burst.remaining(), 4096u - 32 - 112);
    EXPECT_EQ(host.arena().position(), 16u + 4096) << "the window counts";
  }
  EXPECT_EQ(host.arena().position(), 16u + 32 + 112);
  EXPECT_EQ(host.arena().allocated_total(), 16u + 32 + 112);
  EXPECT_EQ(host.arena().view().peak, 16u + 32 + 112) << "nobody had the rest";
  EXPECT_TRUE(host.said.empty());
}

TEST(Burst, LeavesAPlainFrameAsItWas) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(16);
  host.end();
  host.begin();
  ASSERT_TRUE(host.arena().bumped_only());
  for (int i = 0; i < 3; ++i) {
    FrameBurst burst = host.arena().burst();
    ASSERT_NE(burst.alloc<int>(), nullptr);
    EXPECT_FALSE(host.arena().settled()) << "a frame that ended now had to look for the window";
  }
  EXPECT_TRUE(host.arena().bumped_only());
}

TEST(Burst, TakesWindowAfterWindow) {
  TestHost host;
  Blocks blocks;
  host.begin();
  FrameBurst burst = host.arena().burst(1000, Prefetch::Ahead);
  for (std::size_t i = 0; i < 4000; ++i) {
    const std::size_t size = i % 97;
    const std::size_t alignment = std::size_t{1} << (i % 9);
    void* const at = burst.alloc_bytes(size, alignment);
    ASSERT_NE(at, nullptr);
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(at) % alignment, 0u);
    blocks.add(at, size);
  }
  blocks.expect_intact();
  EXPECT_GT(host.chunks_out, 3u);
}

TEST(Burst, ServesAnySize) {
  TestHost host;
  Blocks blocks;
  host.begin();
  FrameBurst burst = host.arena().burst(256);
  struct alignas(128) Wide {
    std::byte bytes[128];
  };
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{255}, std::size_t{256},
                           std::size_t{5000}, 3 * TestHost::kChunk, std::size_t{8}}) {
    blocks.add(burst.alloc_bytes(size), size);
    auto* const wide = burst.alloc<Wide>();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide) % 128, 0u);
    blocks.add(wide, sizeof(Wide));
    blocks.add(host.arena().alloc_bytes(size), size);
  }
  blocks.expect_intact();
  EXPECT_TRUE(host.said.empty());
  EXPECT_EQ(burst.alloc_bytes(SIZE_MAX - 8), nullptr);
  EXPECT_EQ(burst.alloc_bytes(kMaxRequest + 1, 64), nullptr);
  ASSERT_EQ(host.said.size(), 2u);
  EXPECT_EQ(host.said[0].code, Code::FA011);
  if constexpr (kCheckLevel >= 1) {
    EXPECT_EQ(burst.alloc_bytes(8, 24), nullptr);
    EXPECT_EQ(host.said.back().code, Code::FA011);
  }
  blocks.expect_intact();
}

TEST(Burst, OtherAllocationsGoOnBesideIt) {
  TestHost host;
  Blocks blocks;
  host.begin();
  FrameBurst one = host.arena().burst(512);
  FrameBurst two = host.arena().burst(4096);
  for (std::size_t i = 0; i < 3000; ++i) {
    blocks.add(one.alloc_bytes(i % 40), i % 40);
    if (i % 3 == 0) blocks.add(host.arena().alloc_bytes(i % 64), i % 64);
    blocks.add(two.alloc<long>(), sizeof(long));
  }
  blocks.expect_intact();
}

// What lies behind a window keeps the rest from going back; the next burst has it.
TEST(Burst, TheNextOneTakesWhatOneCouldNotGiveBack) {
  TestHost host;
  Blocks blocks;
  host.begin();
  for (int i = 0; i < 500; ++i) {
    FrameBurst burst = host.arena().burst();
    blocks.add(burst.alloc_bytes(32), 32);
    blocks.add(host.arena().alloc_bytes(32), 32);
  }
  blocks.expect_intact();
  EXPECT_LE(host.chunks_out, 3u);
}

TEST(Burst, WithNoFrameOpenIsToldAtEachCall) {
  TestHost host;
  FrameBurst burst = host.arena().burst();
  EXPECT_TRUE(host.said.empty()) << "nothing has been asked for";
  EXPECT_EQ(burst.remaining(), 0u);
  EXPECT_EQ(burst.alloc<int>(), nullptr);
  ASSERT_EQ(host.said.size(), 1u);
  EXPECT_EQ(host.said[0].code, Code::FA001);
  host.begin();
  EXPECT_NE(burst.alloc<int>(), nullptr);
}

TEST(Burst, IsClosedWithItsFrame) {
  TestHost host;
  host.begin();
  FrameBurst burst = host.arena().burst();
  ASSERT_NE(burst.alloc<int>(), nullptr);
  host.end_elsewhere();
  EXPECT_EQ(burst.remaining(), 0u);
  EXPECT_EQ(burst.alloc<int>(), nullptr);
  ASSERT_EQ(host.said.size(), 1u);
  EXPECT_EQ(host.said[0].code, Code::FA001);
}

TEST(Burst, GoesOnInTheNextFrame) {
  for (const bool elsewhere : {false, true}) {
    TestHost host;
    Blocks blocks;
    host.begin();
    FrameBurst burst = host.arena().burst(8192);
    ASSERT_NE(burst.alloc<int>(), nullptr);
    if (elsewhere) {
      host.end_elsewhere();
      host.begin_elsewhere();
    } else {
      host.end();
      host.begin();
    }
    for (std::size_t i = 0; i < 500; ++i) {
      blocks.add(host.arena().alloc_bytes(24), 24);
      blocks.add(burst.alloc_bytes(24), 24);
    }
    blocks.expect_intact();
    EXPECT_TRUE(host.said.empty());
  }
}

TEST(Burst, LosesItsWindowToARewindBelowIt) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint start = host.arena().checkpoint();
  FrameBurst burst = host.arena().burst();
  void* const lost = burst.alloc_bytes(64);
  ASSERT_TRUE(host.arena().rewind(start));
  EXPECT_EQ(burst.remaining(), 0u);
  Blocks blocks;
  void* const again = host.arena().alloc_bytes(64);
  EXPECT_EQ(again, lost);
  blocks.add(again, 64);
  for (int i = 0; i < 100; ++i) {
    blocks.add(burst.alloc_bytes(64), 64);
    blocks.add(host.arena().alloc_bytes(64), 64);
  }
  blocks.expect_intact();
}

TEST(Burst, LosesItsWindowToAScopeThatBeganBefore) {
  TestHost host;
  Blocks blocks;
  host.begin();
  blocks.add(host.arena().alloc_bytes(64), 64);
  std::optional<FrameBurst> burst;
  {
    const ArenaScope scope(host.arena());  // a quick one
    (void)host.arena().alloc_bytes(64);
    burst.emplace(host.arena().burst());
    (void)burst->alloc_bytes(64);
  }
  EXPECT_EQ(host.arena().position(), 64u);
  EXPECT_EQ(burst->remaining(), 0u);
  for (int i = 0; i < 100; ++i) {
    blocks.add(host.arena().alloc_bytes(64), 64);
    blocks.add(burst->alloc_bytes(64), 64);
  }
  blocks.expect_intact();
}

TEST(Burst, OutlivesAScopeThatBeganAfterIt) {
  TestHost host;
  Blocks blocks;
  host.begin();
  FrameBurst burst = host.arena().burst();
  blocks.add(burst.alloc_bytes(64), 64);
  {
    const ArenaScope scope(host.arena());
    (void)host.arena().alloc_bytes(64);
    blocks.add(burst.alloc_bytes(64), 64);
  }
  blocks.add(host.arena().alloc_bytes(64), 64);
  blocks.add(burst.alloc_bytes(64), 64);
  blocks.expect_intact();
}

// Inside a scope a burst ends: the rest goes back, and what the scope frees is right all the same.
TEST(Burst, EndsInsideAQuickScope) {
  TestHost host;
  host.begin();
  (void)host.arena().alloc_bytes(64);
  host.end();
  host.begin();
  (void)host.arena().alloc_bytes(64);
  for (int i = 0; i < 3; ++i) {
    const ArenaScope scope(host.arena());
    FrameBurst burst = host.arena().burst();
    (void)burst.alloc_bytes(64);
  }
  EXPECT_EQ(host.arena().position(), 64u);
  EXPECT_TRUE(host.arena().on_fast_path());
}

TEST(Burst, ACheckpointAtTheEndOfItsWindowStaysGood) {
  TestHost host;
  host.begin();
  std::optional<FrameBurst> burst(host.arena().burst(4096));
  (void)burst->alloc_bytes(64);
  const FrameCheckpoint here = host.arena().checkpoint();
  burst.reset();
  (void)host.arena().alloc_bytes(64);
  EXPECT_TRUE(host.arena().rewind(here));
}

TEST(Burst, MayBeMoved) {
  TestHost host;
  Blocks blocks;
  host.begin();
  FrameBurst one = host.arena().burst(4096);
  blocks.add(one.alloc_bytes(32), 32);
  FrameBurst two = std::move(one);
  EXPECT_EQ(one.alloc<int>(), nullptr);  // NOLINT(bugprone-use-after-move): what it promises
  EXPECT_EQ(one.remaining(), 0u);        // NOLINT(bugprone-use-after-move): the same
  blocks.add(two.alloc_bytes(32), 32);
  FrameBurst three = host.arena().burst(4096);
  blocks.add(three.alloc_bytes(32), 32);
  two = std::move(three);  // gives up its own window
  blocks.add(two.alloc_bytes(32), 32);
  blocks.add(host.arena().alloc_bytes(32), 32);
  blocks.expect_intact();
}

TEST(Burst, HandsOutEveryCallWhileCallsAreCounted) {
  TestHost host;
  host.begin();
  FrameBurst burst = host.arena().burst();
  ASSERT_NE(burst.alloc<int>(), nullptr);
  host.modes() |= detail::kCountCalls;
  host.arena().close();
  for (int i = 0; i < 10; ++i) ASSERT_NE(burst.alloc<int>(), nullptr);
  EXPECT_EQ(host.arena().calls_counted(), 10u);
  EXPECT_EQ(host.arena().position(), 11u * 16);
  host.modes() = 0;
  ASSERT_NE(burst.alloc<int>(), nullptr);
  EXPECT_GT(burst.remaining(), 1000u);
}

TEST(Burst, IsOfTheTagThatIsCurrentAtTheCall) {
  TestHost host;
  const auto physics = static_cast<TagId>(1);
  host.begin();
  FrameBurst burst = host.arena().burst(4096);
  (void)burst.alloc_bytes(160);
  host.arena().set_tag(physics);
  (void)burst.alloc_bytes(320);
  host.arena().set_tag(TagId::Untagged);
  (void)burst.alloc_bytes(16);
  {
    const FrameBurst end = std::move(burst);
  }
  EXPECT_EQ(host.frame_bytes(TagId::Untagged), 176u);
  EXPECT_EQ(host.frame_bytes(physics), 320u);
  EXPECT_EQ(host.arena().position(), 496u);
}

TEST(Burst, IsChargedToBudgets) {
  TestHost host({.budgets = true});
  host.budget[TagId::Untagged] = 4096;
  host.begin();
  {
    FrameBurst burst = host.arena().burst(64 << 10);
    for (int i = 0; i < 64; ++i) ASSERT_NE(burst.alloc_bytes(64), nullptr) << i;
    EXPECT_LE(host.charged[TagId::Untagged], 4096u);
    EXPECT_EQ(burst.alloc_bytes(64), nullptr);
    ASSERT_EQ(host.said.size(), 1u);
    EXPECT_EQ(host.said[0].code, Code::FA311);
  }
  host.end();
  EXPECT_EQ(host.charged[TagId::Untagged], 0u);
}

// Others are told to give back what they have been charged and do not use: a burst does so, too.
TEST(Burst, GivesBackWhatIsRecalled) {
  TestHost host({.budgets = true});
  host.begin();
  FrameBurst burst = host.arena().burst(64 << 10);
  ASSERT_NE(burst.alloc_bytes(64), nullptr);
  EXPECT_GE(host.charged[TagId::Untagged], 4096u);
  host.arena().recall_quota();
  ASSERT_NE(burst.alloc_bytes(64), nullptr);
  EXPECT_LE(host.charged[TagId::Untagged], 4096u + 128);
}

// A window must not use up what others would be denied.
TEST(Burst, LeavesMostOfWhatIsLeftToOthers) {
  TestHost host({.overflow = FrameOverflow::Fail, .capacity = 32 << 10});
  Blocks blocks;
  host.begin();
  FrameBurst burst = host.arena().burst(64 << 10);
  std::size_t beside = 0;
  blocks.add(burst.alloc_bytes(16), 16);
  while (void* const at = host.arena().alloc_bytes(16)) {
    blocks.add(at, 16);
    ++beside;
  }
  EXPECT_GE(beside * 16, (32u << 10) * 7 / 8 - 32);
  blocks.expect_intact();
}

TEST(Burst, OverflowsAsTheArenaDoes) {
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = 4096});
  Blocks blocks;
  host.begin();
  FrameBurst burst = host.arena().burst();
  for (int i = 0; i < 200; ++i) blocks.add(burst.alloc_bytes(64), 64);
  blocks.expect_intact();
  EXPECT_GT(host.fallbacks_out, 0u);
  EXPECT_EQ(host.said.size(), 1u);
}

TEST(Burst, OfAnArenaThatWasNeverSetUpAnswersNull) {
  FrameArena none;
  FrameBurst burst = none.burst();
  EXPECT_EQ(burst.alloc<int>(), nullptr);
}

}  // namespace
}  // namespace framealloc
