// SPDX-License-Identifier: MIT OR Apache-2.0
// Zero, huge and overflowing requests at every entry: null and a report, nothing lost, no abort.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace framealloc {
namespace {

using testing::ReportLog;

template <std::size_t Alignment>
struct alignas(Alignment) Aligned {
  std::byte bytes[Alignment];
};

constexpr std::array kHuge{SIZE_MAX,     SIZE_MAX - 15, SIZE_MAX - 63,  SIZE_MAX / 2 + 1,
                           SIZE_MAX / 2, SIZE_MAX / 4,  kMaxRequest + 1};

class BadRequest : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
  void SetUp() override { alloc.begin_frame(); }
  void TearDown() override {
    // Nothing was lost: everything still works and the books are what they were.
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
    int* pooled = alloc.pool_alloc<int>();
    EXPECT_NE(pooled, nullptr);
    alloc.pool_free(pooled);
    int* heap = alloc.heap_alloc<int>(100);
    EXPECT_NE(heap, nullptr);
    alloc.heap_free(heap);
    EXPECT_EQ(alloc.stats().pool_allocated, 0u);
    EXPECT_EQ(alloc.stats().heap_allocated, 0u);
    alloc.end_frame();
    EXPECT_EQ(alloc.stats().frame_allocated, 0u);
  }
  void expect_report(Code code, std::size_t before) {
    EXPECT_EQ(log.size(), before + 1);
    EXPECT_EQ(log.last().code, code) << log.last().message;
  }
};

TEST_F(BadRequest, HugeFrameLayouts) {
  for (const std::size_t size : kHuge) {
    for (const std::size_t alignment : {std::size_t{1}, std::size_t{16}, std::size_t{4096}}) {
      const std::size_t before = log.size();
      EXPECT_EQ(alloc.frame_alloc_layout(size, alignment), nullptr);
      expect_report(Code::FA011, before);
    }
  }
}

TEST_F(BadRequest, OverflowingBatches) {
  for (const std::size_t count : kHuge) {
    std::size_t before = log.size();
    EXPECT_EQ(alloc.frame_alloc_batch<std::uint64_t>(count), nullptr);
    expect_report(Code::FA011, before);
    before = log.size();
    EXPECT_EQ(alloc.frame_alloc_batch<Aligned<64>>(count), nullptr);
    expect_report(Code::FA011, before);
    before = log.size();
    EXPECT_EQ(alloc.frame_arena().alloc_batch<std::uint64_t>(count), nullptr);
    expect_report(Code::FA011, before);
  }
  // Products that wrap to a small number.
  std::size_t before = log.size();
  EXPECT_EQ(alloc.frame_alloc_batch<std::uint64_t>(SIZE_MAX / 8 + 2), nullptr);
  expect_report(Code::FA011, before);
}

TEST_F(BadRequest, OverflowingSlicesAndContainers) {
  for (const std::size_t count : kHuge) {
    std::size_t before = log.size();
    EXPECT_EQ(alloc.frame_slice<std::uint64_t>(count).size(), 0u);
    EXPECT_EQ(log.size(), before + 1);
    EXPECT_EQ(log.last().code, Code::FA011);
    before = log.size();
    EXPECT_EQ(alloc.frame_vec<std::uint64_t>(count).capacity(), 0u);
    EXPECT_GT(log.size(), before);
    before = log.size();
    auto map = alloc.frame_map<int, int>(count);
    EXPECT_EQ(map.size(), 0u);
    EXPECT_GT(log.size(), before);
    before = log.size();
    EXPECT_EQ(alloc.frame_string(count).size(), 0u);
    EXPECT_GT(log.size(), before);
  }
}

TEST_F(BadRequest, HugeHeapBlocks) {
  for (const std::size_t count : kHuge) {
    std::size_t before = log.size();
    EXPECT_EQ(alloc.heap_alloc<std::uint64_t>(count), nullptr);
    expect_report(Code::FA011, before);
    before = log.size();
    EXPECT_EQ(alloc.heap_alloc<char>(count), nullptr);
    expect_report(Code::FA011, before);
  }
}

TEST_F(BadRequest, LargerThanTheMachine) {
  std::size_t before = log.size();
  EXPECT_EQ(alloc.frame_alloc_layout(kMaxRequest, 16), nullptr);
  expect_report(Code::FA012, before);
  before = log.size();
  EXPECT_EQ(alloc.heap_alloc<char>(kMaxRequest), nullptr);
  expect_report(Code::FA012, before);
}

TEST_F(BadRequest, ZeroSizes) {
  EXPECT_NE(alloc.frame_alloc_layout(0, 1), nullptr);
  EXPECT_NE(alloc.frame_alloc_layout(0, 4096), nullptr);
  EXPECT_NE(alloc.frame_alloc_batch<int>(0), nullptr);
  EXPECT_EQ(alloc.frame_slice<int>(0).size(), 0u);
  EXPECT_EQ(alloc.frame_vec<int>(0).size(), 0u);
  const auto empty_map = alloc.frame_map<int, int>(0);
  EXPECT_FALSE(empty_map.contains_key(1));
  int* one = alloc.heap_alloc<int>(0);
  int* two = alloc.heap_alloc<int>(0);
  EXPECT_NE(one, nullptr);
  EXPECT_NE(one, two);
  alloc.heap_free(one);
  alloc.heap_free(two);
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(BadRequest, AlignmentThatIsNoPowerOfTwo) {
  for (const std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{24}, SIZE_MAX}) {
    const std::size_t before = log.size();
    EXPECT_EQ(alloc.frame_alloc_layout(64, alignment), nullptr);
    expect_report(Code::FA011, before);
  }
}

template <std::size_t Alignment>
void check_alignment(SmartAlloc& alloc) {
  using T = Aligned<Alignment>;
  T* pooled[20];
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(is_aligned(alloc.frame_alloc<T>(), Alignment));
    ASSERT_TRUE(is_aligned(alloc.frame_alloc_batch<T>(3), Alignment));
    ASSERT_TRUE(is_aligned(alloc.frame_alloc_4<T>(), Alignment));
    ASSERT_NE(alloc.frame_alloc<char[24]>(), nullptr);
    pooled[i] = alloc.pool_alloc<T>();
    ASSERT_NE(pooled[i], nullptr);
    ASSERT_TRUE(is_aligned(pooled[i], Alignment)) << Alignment;
    std::memset(static_cast<void*>(pooled[i]), i, sizeof(T));
  }
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(static_cast<unsigned char>(pooled[i]->bytes[Alignment - 1]), i);
    alloc.pool_free(pooled[i]);
  }
  T* heap = alloc.heap_alloc<T>(7);
  ASSERT_TRUE(is_aligned(heap, Alignment));
  alloc.heap_free(heap);
}

TEST_F(BadRequest, AlignmentUpTo4096IsKept) {
  check_alignment<16>(alloc);
  check_alignment<32>(alloc);
  check_alignment<64>(alloc);
  check_alignment<128>(alloc);
  check_alignment<1024>(alloc);
  check_alignment<4096>(alloc);
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(BadRequest, NullIsFreedQuietly) {
  alloc.pool_free<int>(nullptr);
  alloc.heap_free<int>(nullptr);
  alloc.pool_free<Aligned<64>>(nullptr);
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(BadRequest, ObjectsLargerThanAnyClassComeFromTheHeap) {
  struct Large {
    std::byte bytes[100000];
  };
  Large* block = alloc.pool_alloc<Large>();
  ASSERT_NE(block, nullptr);
  std::memset(static_cast<void*>(block), 1, sizeof *block);
  EXPECT_GE(alloc.stats().pool_allocated + alloc.stats().heap_allocated, sizeof *block);
  alloc.pool_free(block);
  EXPECT_EQ(log.size(), 0u);
}

}  // namespace
}  // namespace framealloc
