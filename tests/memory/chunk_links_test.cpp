// SPDX-License-Identifier: MIT OR Apache-2.0
// Idle chunks hold the links of their lists, and a pointer that a program kept may write over them.
#include <framealloc/detail/memory/chunk_pool.hpp>

#include "memory/chunk_size.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace framealloc::detail {
namespace {

class ChunkLinks : public testing::Test {
 protected:
  std::string told() {
    Corruption found;
    return limited_source_.corruption().take(found) ? std::string(found.message.view())
                                                    : std::string();
  }
  static bool says(const std::string& message, const char* what) {
    return message.find(what) != std::string::npos;
  }

  SystemSource system_;
  CountingSource source_{system_};
  LimitedSource limited_source_{source_, 0};
  ChunkPool pool_{limited_source_, kChunk};
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
  EXPECT_FALSE(limited_source_.corruption().pending());
  limited_source_.release(first, kChunk, kChunk);
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
  EXPECT_FALSE(limited_source_.corruption().pending());
  limited_source_.release(run, size, kChunk);
}

TEST(CorruptionNote, KeepsTheFirstAndCountsTheRest) {
  CorruptionNote note;
  Corruption found;
  EXPECT_FALSE(note.take(found));
  int there = 0;
  note.note("first", &there, TagId{3});
  note.note("second");
  note.note("third");
  ASSERT_TRUE(note.pending());
  ASSERT_TRUE(note.take(found));
  EXPECT_EQ(found.message.view(), "first");
  EXPECT_EQ(found.address, &there);
  EXPECT_EQ(found.tag, TagId{3});
  EXPECT_EQ(found.more, 2U);
  EXPECT_FALSE(note.pending());
  EXPECT_FALSE(note.take(found));
  note.note("fourth");
  ASSERT_TRUE(note.take(found));
  EXPECT_EQ(found.message.view(), "fourth");
  EXPECT_EQ(found.more, 0U);
}

}  // namespace
}  // namespace framealloc::detail
