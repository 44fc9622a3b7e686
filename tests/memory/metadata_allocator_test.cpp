// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/metadata_allocator.hpp>

#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

using namespace literals;

class MetadataAllocatorTest : public testing::Test {
 protected:
  SystemSource system_;
  CountingSource source_{system_};
  LimitedSource limited_source_{source_, 0};
};

TEST_F(MetadataAllocatorTest, BlocksOfAllSizesAreAlignedAndDisjoint) {
  MetadataAllocator metadata(limited_source_);
  struct Held {
    unsigned char* address;
    std::size_t bytes;
  };
  std::vector<Held> held;
  unsigned char mark = 0;
  for (const std::size_t bytes : {0_B, 1_B, 8_B, 63_B, 64_B, 65_B, 100_B, 1000_B, 4096_B, 5000_B,
                                  16_KiB - 1, 16_KiB, 16_KiB + 1, 64_KiB, 100_KiB + 7, 1_MiB}) {
    for (int copy = 0; copy < 5; ++copy) {
      auto* const address = static_cast<unsigned char*>(metadata.allocate(bytes));
      ASSERT_NE(address, nullptr) << bytes;
      EXPECT_TRUE(is_aligned(address, 64)) << bytes;
      std::memset(address, ++mark, bytes);
      held.push_back({address, bytes});
    }
  }
  mark = 0;
  for (const Held& block : held) {
    ++mark;
    for (std::size_t i = 0; i < block.bytes; ++i) ASSERT_EQ(block.address[i], mark);
    metadata.deallocate(block.address, block.bytes);
  }
  EXPECT_EQ(metadata.bytes_in_use(), 0u);
}

TEST_F(MetadataAllocatorTest, EverythingGoesBackWithTheObject) {
  {
    MetadataAllocator metadata(limited_source_);
    for (std::size_t bytes = 1; bytes < 100_KiB; bytes = bytes * 3 + 1) {
      EXPECT_NE(metadata.allocate(bytes), nullptr);
    }
    EXPECT_GT(metadata.bytes_in_use(), 0u);
    EXPECT_LE(metadata.bytes_in_use(), limited_source_.reserved());
  }
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(limited_source_.reserved(), 0u);
}

TEST_F(MetadataAllocatorTest, FreedBlocksAreUsedAgain) {
  MetadataAllocator metadata(limited_source_);
  void* const first = metadata.allocate(200);
  metadata.deallocate(first, 200);
  EXPECT_EQ(metadata.allocate(256), first);  // the same class
  metadata.deallocate(first, 256);
  for (int i = 0; i < 100'000; ++i) metadata.deallocate(metadata.allocate(1000), 1000);
  EXPECT_EQ(limited_source_.reserved(), 64_KiB);
  metadata.deallocate(nullptr, 10);
  EXPECT_EQ(metadata.bytes_in_use(), 0u);
}

TEST_F(MetadataAllocatorTest, LargeBlocksGoBackAtOnce) {
  MetadataAllocator metadata(limited_source_);
  void* const a = metadata.allocate(1_MiB);
  void* const b = metadata.allocate(2_MiB);
  void* const c = metadata.allocate(3_MiB);
  EXPECT_EQ(source_.live_blocks(), 3u);
  metadata.deallocate(b, 2_MiB);  // the middle of the list, then its ends
  EXPECT_EQ(source_.live_blocks(), 2u);
  metadata.deallocate(c, 3_MiB);
  metadata.deallocate(a, 1_MiB);
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(metadata.bytes_in_use(), 0u);
}

TEST_F(MetadataAllocatorTest, TheEndOfAPieceIsNotWasted) {
  MetadataAllocator metadata(limited_source_);
  // Three blocks of 16 KiB fit a piece beside its header; the others need a second piece.
  for (int i = 0; i < 6; ++i) EXPECT_NE(metadata.allocate(16_KiB), nullptr);
  EXPECT_EQ(limited_source_.reserved(), 128_KiB);
  // What is left of both, 16 KiB less a header each, in smaller and smaller blocks.
  for (const std::size_t bytes : {8_KiB, 4_KiB, 2_KiB, 1_KiB, 512_B, 256_B, 128_B}) {
    for (int i = 0; i < 2; ++i) EXPECT_NE(metadata.allocate(bytes), nullptr);
  }
  EXPECT_EQ(limited_source_.reserved(), 128_KiB);
  EXPECT_NE(metadata.allocate(64), nullptr);
  EXPECT_EQ(limited_source_.reserved(), 192_KiB);
}

TEST_F(MetadataAllocatorTest, DeniedRequestsAreNullAndLoseNothing) {
  LimitedSource small(source_, 64_KiB);
  MetadataAllocator metadata(small);
  EXPECT_EQ(metadata.allocate(SIZE_MAX), nullptr);
  EXPECT_EQ(metadata.allocate(kMaxRequest + 1), nullptr);
  EXPECT_EQ(metadata.allocate(1_MiB), nullptr);
  std::vector<void*> blocks;
  while (void* const block = metadata.allocate(1024)) blocks.push_back(block);
  EXPECT_EQ(blocks.size(), 63u);
  EXPECT_EQ(metadata.bytes_in_use(), 63_KiB);
  for (void* const block : blocks) metadata.deallocate(block, 1024);
  EXPECT_EQ(metadata.bytes_in_use(), 0u);
  EXPECT_NE(metadata.allocate(1024), nullptr);
}

struct Noisy {
  explicit Noisy(int* alive_count) : alive(alive_count) { ++*alive; }
  ~Noisy() { --*alive; }
  Noisy(const Noisy&) = delete;
  Noisy& operator=(const Noisy&) = delete;
  int* alive;
  alignas(64) char room[100] = {};
};

TEST_F(MetadataAllocatorTest, CreatesAndDestroysObjects) {
  MetadataAllocator metadata(limited_source_);
  int alive = 0;
  Noisy* const object = metadata.create<Noisy>(&alive);
  ASSERT_NE(object, nullptr);
  EXPECT_TRUE(is_aligned(object, 64));
  EXPECT_EQ(alive, 1);
  metadata.destroy(object);
  EXPECT_EQ(alive, 0);
  metadata.destroy<Noisy>(nullptr);
  EXPECT_EQ(metadata.bytes_in_use(), 0u);

  NullSource null;
  LimitedSource dry(null, 0);
  MetadataAllocator denied(dry);
  EXPECT_EQ(denied.create<Noisy>(&alive), nullptr);
  EXPECT_EQ(alive, 0);
}

TEST_F(MetadataAllocatorTest, ManyThreadsAtOnce) {
  {
    MetadataAllocator metadata(limited_source_);
    std::vector<std::jthread> threads;
    for (unsigned char t = 1; t <= 6; ++t) {
      threads.emplace_back([&metadata, t] {
        constexpr std::size_t kSizes[] = {64, 300, 5000, 16_KiB, 40'000};
        for (int i = 0; i < 300; ++i) {
          unsigned char* held[5];
          for (int k = 0; k < 5; ++k) {
            held[k] = static_cast<unsigned char*>(metadata.allocate(kSizes[k]));
            ASSERT_NE(held[k], nullptr);
            std::memset(held[k], t, kSizes[k]);
          }
          for (int k = 0; k < 5; ++k) {
            EXPECT_EQ(held[k][0], t);
            EXPECT_EQ(held[k][kSizes[k] - 1], t);
            metadata.deallocate(held[k], kSizes[k]);
          }
        }
      });
    }
    threads.clear();
    EXPECT_EQ(metadata.bytes_in_use(), 0u);
  }
  EXPECT_EQ(source_.live_blocks(), 0u);
  EXPECT_EQ(limited_source_.reserved(), 0u);
}

TEST_F(MetadataAllocatorTest, VectorGrowsAndKeepsItsRecords) {
  MetadataAllocator metadata(limited_source_);
  {
    MetaVector<std::uint64_t> numbers(metadata);
    EXPECT_TRUE(numbers.empty());
    for (std::uint64_t i = 0; i < 100'000; ++i) ASSERT_TRUE(numbers.push_back(i * i));
    ASSERT_EQ(numbers.size(), 100'000u);
    for (std::uint64_t i = 0; i < 100'000; ++i) ASSERT_EQ(numbers[i], i * i);
    EXPECT_EQ(numbers.back(), 99'999ull * 99'999);
    numbers.pop_back();
    EXPECT_EQ(numbers.size(), 99'999u);
    numbers.resize_down(10);
    numbers.resize_down(20);  // never up
    EXPECT_EQ(numbers.size(), 10u);
    numbers.clear();
    EXPECT_TRUE(numbers.empty());
  }
  EXPECT_EQ(metadata.bytes_in_use(), 0u);
}

TEST_F(MetadataAllocatorTest, VectorMayPushItsOwnRecord) {
  MetadataAllocator metadata(limited_source_);
  MetaVector<std::uint64_t> numbers(metadata);
  for (std::uint64_t i = 0; i < 16; ++i) ASSERT_TRUE(numbers.push_back(7));
  ASSERT_TRUE(numbers.push_back(numbers[0]));  // grows, and frees where numbers[0] stood
  EXPECT_EQ(numbers.back(), 7u);
}

TEST_F(MetadataAllocatorTest, VectorKeepsItsContentWhenGrowthIsDenied) {
  LimitedSource small(source_, 64_KiB);
  MetadataAllocator metadata(small);
  MetaVector<std::uint64_t> numbers(metadata);
  std::uint64_t count = 0;
  while (numbers.push_back(count)) ++count;
  EXPECT_GE(count, 1024u);
  ASSERT_EQ(numbers.size(), count);
  for (std::uint64_t i = 0; i < count; ++i) ASSERT_EQ(numbers[i], i);
}

}  // namespace
}  // namespace framealloc::detail
