// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/source.hpp>

#include <framealloc/align.hpp>
#include <framealloc/literals.hpp>
#include "os/virtual_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <memory_resource>
#include <new>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;

// A fixed number of bytes, then an exception: what a full pmr resource does.
class SmallResource final : public std::pmr::memory_resource {
 public:
  std::size_t left = 1000;
  int live = 0;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (bytes > left) throw std::bad_alloc();
    left -= bytes;
    ++live;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* address, std::size_t bytes, std::size_t alignment) override {
    left += bytes;
    --live;
    std::pmr::new_delete_resource()->deallocate(address, bytes, alignment);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

TEST(SystemSource, GivesAlignedPagesForOddSizes) {
  SystemSource source;
  for (const std::size_t bytes : {std::size_t{1}, 4095_B, 4097_B, 100_KiB + 3, 2_MiB + 1}) {
    for (const std::size_t alignment : {std::size_t{16}, 4_KiB, 2_MiB}) {
      void* const block = source.allocate(bytes, alignment);
      ASSERT_NE(block, nullptr);
      EXPECT_TRUE(is_aligned(block, alignment));
      std::memset(block, 0xAB, bytes);
      source.deallocate(block, bytes, alignment);
    }
  }
  EXPECT_EQ(source.name(), "system");
}

TEST(SystemSource, RefusesTheImpossible) {
  SystemSource source;
  EXPECT_EQ(source.allocate(0, 16), nullptr);
  EXPECT_EQ(source.allocate(SIZE_MAX, 16), nullptr);
  EXPECT_EQ(source.allocate(SIZE_MAX - 4095, 16), nullptr);
  EXPECT_EQ(source.allocate(kMaxRequest + 1, 16), nullptr);
}

TEST(SystemSource, HugeAndPrefaultedPagesAreOrdinaryMemory) {
  SystemSource source(true, true);
  for (const std::size_t bytes : {64_KiB, 4_MiB}) {
    auto* const block = static_cast<std::byte*>(source.allocate(bytes, 64_KiB));
    ASSERT_NE(block, nullptr);
    EXPECT_TRUE(is_aligned(block, 64_KiB));
    EXPECT_EQ(block[bytes - 1], std::byte{0});
    std::memset(block, 0xAB, bytes);
    source.deallocate(block, bytes, 64_KiB);
  }
}

TEST(SystemSource, DiscardsWholePagesInsideTheRangeOnly) {
  SystemSource source;
  const std::size_t page = os::page_size();
  auto* const block = static_cast<std::byte*>(source.allocate(4 * page, page));
  ASSERT_NE(block, nullptr);
  std::memset(block, 0xAB, 4 * page);
  EXPECT_TRUE(source.discard(block + 10, 3 * page));  // pages 1 and 2 lie inside
  EXPECT_EQ(block[page - 1], std::byte{0xAB});
  EXPECT_EQ(block[page], std::byte{0});
  EXPECT_EQ(block[3 * page - 1], std::byte{0});
  EXPECT_EQ(block[3 * page], std::byte{0xAB});
  EXPECT_FALSE(source.discard(block + 10, page));
  EXPECT_FALSE(source.discard(block + 10, 0));
  EXPECT_TRUE(source.protect(block, page, false));
  EXPECT_TRUE(source.protect(block, page, true));
  EXPECT_FALSE(source.protect(block, page - 1, false));
  source.deallocate(block, 4 * page, page);
}

TEST(SystemSource, TheProcessWideOneIsOneObject) {
  EXPECT_EQ(&system_source(), &system_source());
  EXPECT_EQ(system_source().name(), "system");
}

TEST(NullSource, HasNothing) {
  NullSource source;
  EXPECT_EQ(source.allocate(1, 1), nullptr);
  EXPECT_FALSE(source.discard(nullptr, 4096));
  EXPECT_FALSE(source.protect(nullptr, 4096, false));
  EXPECT_EQ(source.name(), "null");
}

TEST(PmrSource, PassesRequestsOnAndTurnsExceptionsIntoNull) {
  SmallResource resource;
  PmrSource source(&resource);
  void* const block = source.allocate(600, 64);
  ASSERT_NE(block, nullptr);
  EXPECT_TRUE(is_aligned(block, 64));
  EXPECT_EQ(resource.left, 400u);
  EXPECT_EQ(source.allocate(401, 16), nullptr);
  source.deallocate(block, 600, 64);
  EXPECT_EQ(resource.left, 1000u);
  EXPECT_EQ(resource.live, 0);
  EXPECT_FALSE(source.discard(nullptr, 0));
}

TEST(CountingSource, CountsBytesBlocksAndThePeak) {
  SystemSource system;
  CountingSource source(system);
  void* const a = source.allocate(4_KiB, 16);
  void* const b = source.allocate(8_KiB, 16);
  EXPECT_EQ(source.bytes_in_use(), 12_KiB);
  EXPECT_EQ(source.live_blocks(), 2u);
  source.deallocate(a, 4_KiB, 16);
  EXPECT_EQ(source.bytes_in_use(), 8_KiB);
  EXPECT_EQ(source.peak_bytes(), 12_KiB);
  EXPECT_TRUE(source.discard(b, 8_KiB));
  EXPECT_TRUE(source.protect(b, 8_KiB, false));
  source.deallocate(b, 8_KiB, 16);
  EXPECT_EQ(source.live_blocks(), 0u);
  EXPECT_EQ(source.requests(), 2u);
}

TEST(CountingSource, ARefusedRequestIsARequestAndNothingElse) {
  NullSource null;
  CountingSource source(null);
  EXPECT_EQ(source.allocate(4_KiB, 16), nullptr);
  EXPECT_EQ(source.requests(), 1u);
  EXPECT_EQ(source.bytes_in_use(), 0u);
  EXPECT_EQ(source.peak_bytes(), 0u);
  EXPECT_EQ(source.live_blocks(), 0u);
}

TEST(CountingSource, AddsUpOverThreads) {
  SystemSource system;
  CountingSource source(system);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&source] {
        for (int i = 0; i < 100; ++i) source.deallocate(source.allocate(4_KiB, 16), 4_KiB, 16);
      });
    }
  }
  EXPECT_EQ(source.requests(), 400u);
  EXPECT_EQ(source.bytes_in_use(), 0u);
  EXPECT_EQ(source.live_blocks(), 0u);
  EXPECT_GE(source.peak_bytes(), 4_KiB);
  EXPECT_LE(source.peak_bytes(), 16_KiB);
}

TEST(FailingSource, FailsExactlyTheNthRequest) {
  for (std::uint64_t n = 1; n <= 6; ++n) {
    SystemSource system;
    FailingSource source(system, n);
    for (std::uint64_t request = 1; request <= 6; ++request) {
      void* const block = source.allocate(4_KiB, 16);
      EXPECT_EQ(block == nullptr, request == n) << n << ' ' << request;
      if (block != nullptr) source.deallocate(block, 4_KiB, 16);
    }
    EXPECT_EQ(source.requests(), 6u);
    EXPECT_EQ(source.failures(), 1u);
  }
}

TEST(FailingSource, StickyFailsFromTheNthOn) {
  SystemSource system;
  FailingSource source(system, 3, true);
  int given = 0;
  for (int request = 1; request <= 6; ++request) {
    if (void* const block = source.allocate(4_KiB, 16)) {
      ++given;
      EXPECT_TRUE(source.discard(block, 4_KiB));
      EXPECT_TRUE(source.protect(block, 4_KiB, true));
      source.deallocate(block, 4_KiB, 16);
    }
  }
  EXPECT_EQ(given, 2);
  EXPECT_EQ(source.failures(), 4u);
}

}  // namespace
}  // namespace framealloc
