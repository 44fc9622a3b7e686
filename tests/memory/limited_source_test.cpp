// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/limited_source.hpp>

#include <framealloc/align.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

using namespace literals;

TEST(LimitedSource, CountsWhatIsReserved) {
  SystemSource system;
  CountingSource source(system);
  LimitedSource limited_source(source, 0);
  EXPECT_EQ(limited_source.limit(), 0u);
  EXPECT_EQ(limited_source.remaining(), SIZE_MAX);
  EXPECT_EQ(&limited_source.source(), &source);
  void* const a = limited_source.acquire(8_KiB, 4_KiB);
  void* const b = limited_source.acquire(4_KiB, 64_KiB);
  ASSERT_NE(a, nullptr);
  ASSERT_NE(b, nullptr);
  EXPECT_TRUE(is_aligned(b, 64_KiB));
  EXPECT_EQ(limited_source.reserved(), 12_KiB);
  limited_source.release(a, 8_KiB, 4_KiB);
  EXPECT_EQ(limited_source.reserved(), 4_KiB);
  EXPECT_EQ(limited_source.peak_reserved(), 12_KiB);
  limited_source.release(b, 4_KiB, 64_KiB);
  limited_source.release(nullptr, 4_KiB, 16);  // nothing
  EXPECT_EQ(limited_source.reserved(), 0u);
  EXPECT_EQ(source.live_blocks(), 0u);
}

TEST(LimitedSource, TheLimitDeniesAndSaysSo) {
  SystemSource system;
  CountingSource source(system);
  LimitedSource limited_source(source, 16_KiB);
  bool by_limit = true;
  void* const a = limited_source.acquire(12_KiB, 16, &by_limit);
  ASSERT_NE(a, nullptr);
  EXPECT_FALSE(by_limit);
  EXPECT_EQ(limited_source.remaining(), 4_KiB);
  EXPECT_EQ(limited_source.acquire(4_KiB + 1, 16, &by_limit), nullptr);
  EXPECT_TRUE(by_limit);
  EXPECT_EQ(source.requests(), 1u);  // the source was not even asked
  void* const b = limited_source.acquire(4_KiB, 16, &by_limit);
  EXPECT_NE(b, nullptr);
  EXPECT_FALSE(by_limit);
  EXPECT_EQ(limited_source.remaining(), 0u);
  EXPECT_EQ(limited_source.acquire(1, 16), nullptr);
  limited_source.release(a, 12_KiB, 16);
  limited_source.release(b, 4_KiB, 16);
  EXPECT_EQ(limited_source.remaining(), 16_KiB);
}

TEST(LimitedSource, ADrySourceIsNotTheLimit) {
  NullSource null;
  LimitedSource limited_source(null, 1_MiB);
  bool by_limit = true;
  EXPECT_EQ(limited_source.acquire(4_KiB, 16, &by_limit), nullptr);
  EXPECT_FALSE(by_limit);
  EXPECT_EQ(limited_source.reserved(), 0u);
  EXPECT_EQ(limited_source.peak_reserved(), 0u);
}

TEST(LimitedSource, AdoptedBytesCount) {
  SystemSource system;
  LimitedSource limited_source(system, 16_KiB);
  limited_source.adopt(12_KiB);
  EXPECT_EQ(limited_source.reserved(), 12_KiB);
  EXPECT_EQ(limited_source.peak_reserved(), 12_KiB);
  EXPECT_EQ(limited_source.acquire(8_KiB, 16), nullptr);
  limited_source.adopt(8_KiB);  // past the limit already
  EXPECT_EQ(limited_source.remaining(), 0u);
  bool by_limit = false;
  EXPECT_EQ(limited_source.acquire(1, 16, &by_limit), nullptr);
  EXPECT_TRUE(by_limit);
}

TEST(LimitedSource, ImpossibleSizesDoNotWrapAroundTheLimit) {
  SystemSource system;
  LimitedSource limited(system, 1_MiB);
  LimitedSource unlimited(system, 0);
  limited.adopt(4_KiB);
  unlimited.adopt(4_KiB);
  bool by_limit = true;
  for (const std::size_t bytes :
       {std::size_t{0}, kMaxRequest + 1, SIZE_MAX, SIZE_MAX - 4_KiB + 1}) {
    EXPECT_EQ(limited.acquire(bytes, 16, &by_limit), nullptr) << bytes;
    EXPECT_FALSE(by_limit);
    EXPECT_EQ(unlimited.acquire(bytes, 16), nullptr) << bytes;
  }
  EXPECT_EQ(limited.reserved(), 4_KiB);
  EXPECT_EQ(unlimited.reserved(), 4_KiB);
}

// Hands out addresses that nobody touches, and watches how much is out at once.
class WatchingSource final : public MemorySource {
 public:
  void* allocate(std::size_t bytes, std::size_t) noexcept override {
    const std::size_t now = held_.fetch_add(bytes) + bytes;
    std::size_t seen = most_.load();
    while (seen < now && !most_.compare_exchange_weak(seen, now)) {
    }
    return this;
  }
  void deallocate(void*, std::size_t bytes, std::size_t) noexcept override {
    held_.fetch_sub(bytes);
  }
  std::string_view name() const noexcept override { return "watching"; }
  std::size_t held() const { return held_; }
  std::size_t most() const { return most_; }

 private:
  std::atomic<std::size_t> held_{0};
  std::atomic<std::size_t> most_{0};
};

TEST(LimitedSource, EightThreadsNeverPassTheLimitTogether) {
  constexpr std::size_t kLimit = 1000;  // not a multiple of any request
  WatchingSource source;
  LimitedSource limited_source(source, kLimit);
  std::atomic<std::uint64_t> given{0};
  std::atomic<std::uint64_t> denied{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        const std::size_t bytes = 150 + 7 * t;
        for (int i = 0; i < 5000; ++i) {
          void* held[3] = {};
          for (void*& block : held) {
            bool by_limit = false;
            block = limited_source.acquire(bytes, 16, &by_limit);
            if (block != nullptr) {
              ++given;
            } else if (by_limit) {
              ++denied;
            }
          }
          if (i % 64 == 0) std::this_thread::yield();  // others run while this one holds
          for (void* const block : held) limited_source.release(block, bytes, 16);
        }
      });
    }
  }
  EXPECT_LE(source.most(), kLimit);
  EXPECT_LE(limited_source.peak_reserved(), kLimit);
  EXPECT_GT(given, 0u);
  EXPECT_GT(denied, 0u);
  EXPECT_EQ(given + denied, 8u * 5000 * 3);
  EXPECT_EQ(limited_source.reserved(), 0u);
  EXPECT_EQ(source.held(), 0u);
}

}  // namespace
}  // namespace framealloc::detail
