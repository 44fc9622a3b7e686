// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/chunk_pool.hpp>

#include <framealloc/align.hpp>
#include <framealloc/literals.hpp>

#include "memory/chunk_size.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::detail {
namespace {

using namespace literals;

class ChunkPoolTest : public testing::Test {
 protected:
  std::vector<void*> take(std::size_t count) {
    std::vector<void*> chunks(count);
    for (void*& chunk : chunks) {
      chunk = pool_.acquire();
      EXPECT_NE(chunk, nullptr);
    }
    return chunks;
  }
  void give(const std::vector<void*>& chunks) {
    for (void* const chunk : chunks) pool_.release(chunk);
  }

  SystemSource system_;
  CountingSource source_{system_};
  LimitedSource limited_source_{source_, 0};
  ChunkPool pool_{limited_source_, kChunk};
};

TEST_F(ChunkPoolTest, ChunksAreAlignedToTheirSizeAndDistinct) {
  EXPECT_EQ(pool_.chunk_size(), kChunk);
  const std::vector<void*> chunks = take(20);
  for (void* const chunk : chunks) {
    EXPECT_TRUE(is_aligned(chunk, kChunk));
    std::memset(chunk, 0xAB, kChunk);
  }
  EXPECT_EQ(std::set<void*>(chunks.begin(), chunks.end()).size(), chunks.size());
  give(chunks);
  EXPECT_EQ(pool_.idle_bytes(), 20 * kChunk);
}

TEST_F(ChunkPoolTest, TheChunkReleasedLastIsTakenFirst) {
  const std::vector<void*> chunks = take(2);
  give(chunks);
  EXPECT_EQ(pool_.acquire(), chunks[1]);
  EXPECT_EQ(pool_.acquire(), chunks[0]);
  EXPECT_EQ(source_.requests(), 2u);
  give(chunks);
  pool_.release(nullptr);
  EXPECT_EQ(pool_.idle_bytes(), 2 * kChunk);
}

TEST_F(ChunkPoolTest, SteadyUseNeverReachesTheSource) {
  give(take(10));
  const std::uint64_t requests = source_.requests();
  for (int frame = 0; frame < 500; ++frame) {
    const std::vector<void*> chunks = take(10);
    give(chunks);
    if (frame % 16 == 0) pool_.tick();
    pool_.shed();
  }
  EXPECT_EQ(source_.requests(), requests);
  EXPECT_EQ(source_.live_blocks(), 10u);
}

TEST_F(ChunkPoolTest, UseThatSwingsWithinTwoTicksKeepsItsChunks) {
  give(take(10));
  for (int tick = 0; tick < 100; ++tick) {
    give(take(tick % 2 == 0 ? 10 : 2));
    pool_.tick();
  }
  EXPECT_EQ(source_.live_blocks(), 10u);
  EXPECT_EQ(source_.requests(), 10u);
}

TEST_F(ChunkPoolTest, ASpikesChunksGoBackAFewAtATime) {
  give(take(40));
  for (int tick = 0; tick < 2; ++tick) {
    give(take(4));
    pool_.tick();
    EXPECT_EQ(source_.live_blocks(), 40u) << "given back before two idle periods";
  }
  std::uint64_t before = source_.live_blocks();
  for (int tick = 0; tick < 12; ++tick) {
    give(take(4));
    pool_.tick(4);
    EXPECT_LE(before - source_.live_blocks(), 4u);
    before = source_.live_blocks();
  }
  EXPECT_EQ(source_.live_blocks(), 4u) << "what steady use needs stays, the rest is gone";
  for (int tick = 0; tick < 12; ++tick) {
    give(take(4));
    pool_.tick(4);
  }
  EXPECT_EQ(source_.live_blocks(), 4u);
  EXPECT_EQ(source_.requests(), 40u);
}

TEST_F(ChunkPoolTest, SheddingSpreadsTheSurplusOverTheFramesBetweenTicks) {
  give(take(40));
  EXPECT_FALSE(pool_.shed());  // nothing is known to be unneeded yet
  for (int tick = 0; tick < 3; ++tick) {
    give(take(4));
    pool_.tick(1);
  }
  EXPECT_EQ(source_.live_blocks(), 39u);
  EXPECT_TRUE(pool_.shed(10));
  EXPECT_EQ(source_.live_blocks(), 29u);
  EXPECT_FALSE(pool_.shed(100));
  EXPECT_EQ(source_.live_blocks(), 4u);
}

TEST_F(ChunkPoolTest, ASurplusThatIsNeededAgainIsNotShed) {
  give(take(10));
  for (int tick = 0; tick < 3; ++tick) pool_.tick(0);
  const std::vector<void*> chunks = take(10);
  EXPECT_FALSE(pool_.shed(10));
  EXPECT_EQ(source_.live_blocks(), 10u);
  give(chunks);
}

TEST_F(ChunkPoolTest, AllIdleChunksGoBackInTheEndWhenNothingIsUsed) {
  give(take(9));
  for (int tick = 0; tick < 6; ++tick) pool_.tick();
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(limited_source_.reserved(), 0u);
  EXPECT_EQ(pool_.idle_bytes(), 0u);
}

// Frame boundaries skip the ticks of a pool at rest, so one at rest must have nothing to shed.
TEST_F(ChunkPoolTest, IsAtRestOnceNothingHasLainIdleForTwoTicks) {
  EXPECT_TRUE(pool_.at_rest());
  const std::vector<void*> chunks = take(3);
  EXPECT_TRUE(pool_.at_rest());
  give(chunks);
  EXPECT_FALSE(pool_.at_rest());
  pool_.tick();
  EXPECT_FALSE(pool_.at_rest()) << "three chunks lie idle";
  const std::vector<void*> again = take(3);
  pool_.tick();
  pool_.tick();
  EXPECT_TRUE(pool_.at_rest()) << "all are in use";
  give(again);
  while (!pool_.at_rest()) pool_.tick();
  EXPECT_EQ(pool_.idle_bytes(), 0u);
  EXPECT_EQ(source_.live_blocks(), 0u);

  std::size_t size = 0;
  void* const run = pool_.acquire_run(5 * kChunk, &size);
  EXPECT_TRUE(pool_.at_rest());
  pool_.release_run(run, size);
  EXPECT_FALSE(pool_.at_rest());
  while (!pool_.at_rest()) pool_.tick();
  EXPECT_EQ(source_.live_blocks(), 0u);
}

TEST_F(ChunkPoolTest, RunsHoldWhatWasAskedAtSizesThatDoNotDivide) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kChunk - 1, kChunk, kChunk + 1,
                                  3 * kChunk + 17, 7 * kChunk, 2_MiB + 12345}) {
    std::size_t size = 0;
    void* const run = pool_.acquire_run(bytes, &size);
    ASSERT_NE(run, nullptr) << bytes;
    EXPECT_GE(size, bytes);
    EXPECT_GE(size, kChunk);
    EXPECT_EQ(size % kChunk, 0u);
    EXPECT_LT(size, bytes + bytes / 8 + 2 * kChunk);
    EXPECT_TRUE(is_aligned(run, kChunk));
    std::memset(run, 0xAB, size);
    pool_.release_run(run, size);
  }
  pool_.trim();
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(limited_source_.reserved(), 0u);
}

TEST_F(ChunkPoolTest, ARunOfOneChunkIsAChunk) {
  std::size_t size = 0;
  void* const run = pool_.acquire_run(100, &size);
  EXPECT_EQ(size, kChunk);
  pool_.release_run(run, size);
  EXPECT_EQ(pool_.acquire(), run);
  pool_.release(run);
}

TEST_F(ChunkPoolTest, ImpossibleRunsAreDeniedAndNotByTheLimit) {
  std::size_t size = 1;
  bool by_limit = true;
  for (const std::size_t bytes : {SIZE_MAX, SIZE_MAX - kChunk + 1, kMaxRequest + 1}) {
    EXPECT_EQ(pool_.acquire_run(bytes, &size, &by_limit), nullptr);
    EXPECT_EQ(size, 0u);
    EXPECT_FALSE(by_limit);
  }
}

TEST_F(ChunkPoolTest, SteadyRunsNeverReachTheSource) {
  for (int frame = 0; frame < 200; ++frame) {
    std::size_t sizes[2];
    void* const a = pool_.acquire_run(5 * kChunk - 3, &sizes[0]);
    void* const b = pool_.acquire_run(9 * kChunk, &sizes[1]);
    pool_.release_run(a, sizes[0]);
    pool_.release_run(b, sizes[1]);
    if (frame % 16 == 0) pool_.tick();
  }
  EXPECT_EQ(source_.requests(), 2u);
  EXPECT_EQ(pool_.idle_bytes(), 14 * kChunk);
}

TEST_F(ChunkPoolTest, AnIdleRunServesALittleLessAndNotMuchLess) {
  std::size_t size = 0;
  void* const run = pool_.acquire_run(9 * kChunk, &size);
  pool_.release_run(run, size);
  void* const small = pool_.acquire_run(2 * kChunk, &size);
  EXPECT_NE(small, run);
  EXPECT_EQ(size, 2 * kChunk);
  pool_.release_run(small, size);
  void* const near = pool_.acquire_run(8 * kChunk, &size);
  EXPECT_EQ(near, run);
  EXPECT_EQ(size, 9 * kChunk);  // its true size, with which it must come back
  pool_.release_run(near, size);
}

// Blocks of ever other sizes, in random order: without a bound on what lies idle, runs that fit
// nothing pile up beside those in use, without any frame that would look after them.
TEST_F(ChunkPoolTest, IdleRunsAndThoseInUseStayNearWhatWasInUse) {
  std::mt19937 random(3);
  std::vector<std::pair<void*, std::size_t>> held(60);
  std::size_t in_use = 0;
  std::size_t most_in_use = 0;
  std::size_t most_reserved = 0;
  for (int step = 0; step < 3000; ++step) {
    auto& [run, size] = held[random() % held.size()];
    pool_.release_run(run, size);
    in_use -= size;
    run = pool_.acquire_run((20 + random() % 80) * kChunk, &size);
    ASSERT_NE(run, nullptr);
    in_use += size;
    most_in_use = std::max(most_in_use, in_use);
    most_reserved = std::max(most_reserved, source_.bytes_in_use());
  }
  EXPECT_LE(most_reserved, most_in_use + most_in_use / 8);
  for (const auto& [run, size] : held) pool_.release_run(run, size);
}

// What a frame needs one after the other it finds again, although no two are in use at once.
TEST_F(ChunkPoolTest, RunsThatAreNeededInTurnAreKept) {
  for (int frame = 0; frame < 50; ++frame) {
    for (const std::size_t chunks : {5U, 3U, 8U}) {
      std::size_t size = 0;
      void* const run = pool_.acquire_run(chunks * kChunk, &size);
      pool_.release_run(run, size);
    }
  }
  EXPECT_EQ(source_.requests(), 3u);
}

TEST_F(ChunkPoolTest, UnusedRunsGoBackAfterSomeTicks) {
  std::size_t size = 0;
  pool_.release_run(pool_.acquire_run(5 * kChunk, &size), 5 * kChunk);
  pool_.tick();
  pool_.tick();
  EXPECT_EQ(source_.live_blocks(), 1u);
  pool_.tick();
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(pool_.idle_bytes(), 0u);
}

TEST_F(ChunkPoolTest, TooManyIdleRunsAreNotKept) {
  std::vector<void*> runs(100);
  std::size_t size = 0;
  for (void*& run : runs) run = pool_.acquire_run(2 * kChunk, &size);
  for (void* const run : runs) pool_.release_run(run, size);
  EXPECT_LT(source_.live_blocks(), 50u);
  EXPECT_EQ(source_.bytes_in_use(), pool_.idle_bytes());
}

TEST_F(ChunkPoolTest, TrimGivesEverythingBackAndSaysHowMuch) {
  const std::vector<void*> chunks = take(5);
  std::size_t size = 0;
  void* const run = pool_.acquire_run(3 * kChunk, &size);
  EXPECT_EQ(pool_.trim(), 0u);
  give(chunks);
  pool_.release_run(run, size);
  EXPECT_EQ(pool_.trim(), 8 * kChunk);
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(limited_source_.reserved(), 0u);
}

TEST(ChunkPool, DestructionGivesIdleMemoryBack) {
  SystemSource system;
  CountingSource source(system);
  LimitedSource limited_source(source, 0);
  {
    ChunkPool pool(limited_source, 4_KiB);
    void* const chunk = pool.acquire();
    std::size_t size = 0;
    pool.release_run(pool.acquire_run(5000, &size), 8_KiB);
    pool.release(chunk);
  }
  EXPECT_EQ(source.live_blocks(), 0u);
  EXPECT_EQ(limited_source.reserved(), 0u);
}

TEST(ChunkPool, TheLimitDeniesAndIdleMemoryIsGivenBackFirst) {
  SystemSource system;
  LimitedSource limited_source(system, 8 * kChunk);
  ChunkPool pool(limited_source, kChunk);
  std::vector<void*> chunks(8);
  bool by_limit = true;
  for (void*& chunk : chunks) {
    chunk = pool.acquire(&by_limit);
    EXPECT_NE(chunk, nullptr);
    EXPECT_FALSE(by_limit);
  }
  EXPECT_EQ(pool.acquire(&by_limit), nullptr);
  EXPECT_TRUE(by_limit);
  for (void* const chunk : chunks) pool.release(chunk);

  // Eight idle chunks fill the limit; a run of six is still to be had.
  std::size_t size = 0;
  void* const run = pool.acquire_run(6 * kChunk, &size, &by_limit);
  ASSERT_NE(run, nullptr);
  EXPECT_FALSE(by_limit);
  EXPECT_LE(limited_source.reserved(), 8 * kChunk);
  EXPECT_EQ(pool.acquire_run(3 * kChunk, &size, &by_limit), nullptr);
  EXPECT_TRUE(by_limit);
  pool.release_run(run, 6 * kChunk);
  void* const other = pool.acquire_run(8 * kChunk, &size, &by_limit);
  EXPECT_NE(other, nullptr);
  pool.release_run(other, size);
}

TEST(ChunkPool, ThreadsNeverShareAChunk) {
  SystemSource system;
  CountingSource source(system);
  LimitedSource limited_source(source, 0);
  {
    ChunkPool pool(limited_source, 4_KiB);
    std::vector<std::jthread> threads;
    for (unsigned char t = 1; t <= 6; ++t) {
      threads.emplace_back([&pool, t] {
        for (int i = 0; i < 300; ++i) {
          void* held[4];
          for (void*& chunk : held) {
            chunk = pool.acquire();
            ASSERT_NE(chunk, nullptr);
            std::memset(chunk, t, 4_KiB);
          }
          std::size_t size = 0;
          void* const run = pool.acquire_run(9000, &size);
          ASSERT_NE(run, nullptr);
          std::memset(run, t, size);
          if (t == 1) pool.tick();
          if (t == 2 && i % 50 == 0) pool.trim();
          for (void* const chunk : held) {
            EXPECT_EQ(static_cast<unsigned char*>(chunk)[2000], t);
            EXPECT_EQ(static_cast<unsigned char*>(chunk)[0], t);
            pool.release(chunk);
          }
          EXPECT_EQ(static_cast<unsigned char*>(run)[8999], t);
          pool.release_run(run, size);
        }
      });
    }
  }
  EXPECT_EQ(source.live_blocks(), 0u);
  EXPECT_EQ(limited_source.reserved(), 0u);
}

}  // namespace
}  // namespace framealloc::detail
