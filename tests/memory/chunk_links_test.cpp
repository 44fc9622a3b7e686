// SPDX-License-Identifier: MIT OR Apache-2.0
// Idle chunks hold the links of their lists, and a pointer that a program kept may write over them.
#include <framealloc/detail/memory/chunk_pool.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace framealloc::detail {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;

class ChunkLinks : public testing::Test {
 protected:
  std::string told() {
    InternalFault fault;
    return supply_.faults().take(fault) ? std::string(fault.message.view()) : std::string();
  }
  static bool says(const std::string& message, const char* what) {
    return message.find(what) != std::string::npos;
  }

  SystemSource system_;
  CountingSource source_{system_};
  Supply supply_{source_, 0};
  ChunkPool pool_{supply_, kChunk};
};

TEST_F(ChunkLinks, ABrokenOneEndsTheList) {
  void* const first = pool_.acquire();
  void* const second = pool_.acquire();
  pool_.release(first);
  pool_.release(second);
  std::memset(second, 0x41, 16);
  EXPECT_EQ(pool_.acquire(), second);
  const std::string message = told();
  EXPECT_TRUE(says(message, "0x4141414141414141 as the next of 2, expected the start")) << message;
  EXPECT_EQ(pool_.idle_bytes(), 0U);
  void* const third = pool_.acquire();
  EXPECT_NE(third, nullptr);
  pool_.release(second);
  pool_.release(third);
  EXPECT_EQ(pool_.trim(), 2 * kChunk);
  EXPECT_FALSE(supply_.faults().pending());
  supply_.release(first, kChunk, kChunk);
}

TEST_F(ChunkLinks, AListThatGoesOnBehindItsLast) {
  void* const only = pool_.acquire();
  pool_.release(only);
  void* const elsewhere = reinterpret_cast<void*>(8 * kChunk);
  std::memcpy(only, &elsewhere, sizeof elsewhere);
  EXPECT_EQ(pool_.trim(), kChunk);
  EXPECT_TRUE(says(told(), "as the next of 1, expected none"));
}

TEST_F(ChunkLinks, RunsThatDoNotAddUpAreLeftAlone) {
  std::size_t size = 0;
  void* const run = pool_.acquire_run(3 * kChunk, &size);
  pool_.release_run(run, size);
  std::memset(run, 0, 16);
  std::size_t other_size = 0;
  void* const other = pool_.acquire_run(3 * kChunk, &other_size);
  ASSERT_NE(other, nullptr);
  EXPECT_NE(other, run);
  const std::string message = told();
  EXPECT_TRUE(says(message, "0 B in 1, expected 196608 B in 1")) << message;
  pool_.release_run(other, other_size);
  EXPECT_EQ(pool_.trim(), 3 * kChunk);
  EXPECT_FALSE(supply_.faults().pending());
  supply_.release(run, size, kChunk);
}

TEST(FaultNote, KeepsTheFirstAndCountsTheRest) {
  FaultNote faults;
  InternalFault fault;
  EXPECT_FALSE(faults.take(fault));
  int there = 0;
  faults.note("first", &there, TagId{3});
  faults.note("second");
  faults.note("third");
  ASSERT_TRUE(faults.pending());
  ASSERT_TRUE(faults.take(fault));
  EXPECT_EQ(fault.message.view(), "first");
  EXPECT_EQ(fault.address, &there);
  EXPECT_EQ(fault.tag, TagId{3});
  EXPECT_EQ(fault.more, 2U);
  EXPECT_FALSE(faults.pending());
  EXPECT_FALSE(faults.take(fault));
  faults.note("fourth");
  ASSERT_TRUE(faults.take(fault));
  EXPECT_EQ(fault.message.view(), "fourth");
  EXPECT_EQ(fault.more, 0U);
}

}  // namespace
}  // namespace framealloc::detail
