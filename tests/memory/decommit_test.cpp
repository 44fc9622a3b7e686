// SPDX-License-Identifier: MIT OR Apache-2.0
// Which idle chunks go back, and how long that may take.
#include <framealloc/decommit.hpp>

#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/literals.hpp>

#include "memory/chunk_size.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace framealloc::detail {
namespace {

using namespace literals;

// Takes at least 20 us to take something back.
class SlowSource final : public MemorySource {
 public:
  explicit SlowSource(MemorySource& upstream) : upstream_(upstream) {}
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    return upstream_.allocate(bytes, alignment);
  }
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override {
    const std::uint64_t start = os::now_ns();
    while (os::now_ns() - start < 20'000) {
    }
    upstream_.deallocate(address, bytes, alignment);
  }
  std::string_view name() const noexcept override { return "slow"; }

 private:
  MemorySource& upstream_;
};

class DecommitTest : public testing::TestWithParam<DecommitPolicy> {
 protected:
  void use(ChunkPool& pool, std::size_t chunks, std::size_t run_chunks = 0) {
    std::vector<void*> held(chunks);
    for (void*& chunk : held) chunk = pool.acquire();
    std::size_t size = 0;
    void* const run = run_chunks == 0 ? nullptr : pool.acquire_run(run_chunks * kChunk, &size);
    for (void* const chunk : held) pool.release(chunk);
    pool.release_run(run, size);
  }
  SystemSource system_;
  CountingSource source_{system_};
  LimitedSource limited_source_{source_, 0};
};

TEST_F(DecommitTest, NeverKeepsWhatIsIdle) {
  ChunkPool pool(limited_source_, kChunk, {DecommitPolicy::Never, 0});
  use(pool, 20, 3);
  for (int tick = 0; tick < 20; ++tick) {
    pool.tick(100);
    EXPECT_FALSE(pool.shed(100));
  }
  EXPECT_EQ(pool.idle_bytes(), 23 * kChunk);
  EXPECT_EQ(pool.trim(), 23 * kChunk) << "but trim() does what it says";
}

TEST_F(DecommitTest, NeverStillMakesRoomForARequest) {
  LimitedSource limited(source_, 10 * kChunk);
  ChunkPool pool(limited, kChunk, {DecommitPolicy::Never, 0});
  use(pool, 8);
  std::size_t size = 0;
  void* const run = pool.acquire_run(6 * kChunk, &size);
  ASSERT_NE(run, nullptr);
  pool.release_run(run, size);
}

TEST_F(DecommitTest, WhenEmptyGivesBackWhatIsIdleAtOnce) {
  ChunkPool pool(limited_source_, kChunk, {DecommitPolicy::WhenEmpty, 0});
  void* const held = pool.acquire();
  use(pool, 20, 3);
  pool.tick(SIZE_MAX);
  EXPECT_EQ(pool.idle_bytes(), 0u);
  EXPECT_EQ(source_.live_blocks(), 1u);
  pool.release(held);
  pool.tick(SIZE_MAX);
  EXPECT_EQ(source_.live_blocks(), 0u);
}

TEST_F(DecommitTest, ExcessWaitsUntilTheMarkHasDecayed) {
  ChunkPool pool(limited_source_, kChunk);
  EXPECT_EQ(pool.decommit().policy, DecommitPolicy::ExcessOverHighWater);
  use(pool, 20);
  // H(n) = max(h(n), h(n - 1)): the peak of 20 counts in its period and in the next.
  for (int period = 0; period < 2; ++period) {
    use(pool, 5);
    pool.tick(100);
    EXPECT_EQ(source_.live_blocks(), 20u) << period;
  }
  use(pool, 5);
  pool.tick(100);
  EXPECT_EQ(source_.live_blocks(), 5u);
}

TEST_P(DecommitTest, ACallEndsWhenItsTimeIsUp) {
  SlowSource slow(source_);
  LimitedSource limited_source(slow, 0);
  // One microsecond: the first release takes longer, so it is the only one.
  ChunkPool pool(limited_source, kChunk, {GetParam(), 1000});
  use(pool, 10);
  for (int i = 0; i < 2; ++i) pool.tick(0);
  std::uint64_t before = source_.live_blocks();
  ASSERT_EQ(before, 10u);
  pool.tick(SIZE_MAX);
  EXPECT_EQ(source_.live_blocks(), before - 1);
  while (pool.shed(SIZE_MAX)) {
    --before;
    EXPECT_EQ(source_.live_blocks(), before - 1) << "one at a time, and no call without any";
  }
  EXPECT_EQ(source_.live_blocks(), 0u) << "all of it goes in the end";
}
INSTANTIATE_TEST_SUITE_P(Policies, DecommitTest,
                         testing::Values(DecommitPolicy::WhenEmpty,
                                         DecommitPolicy::ExcessOverHighWater));

}  // namespace
}  // namespace framealloc::detail
