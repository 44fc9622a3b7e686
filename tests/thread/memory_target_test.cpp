// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory follows the recent need: after a spike it goes back, by itself or by trim().
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

// The committed arena is the promise of the configuration; the target is about what lies beyond it.
AllocConfig small_arena(ReportLog& log) {
  return AllocConfig::minimal()
      .with_frame_arena_size(64_KiB)
      .with_frame_chunk_size(256_KiB)
      .with_report_handler(&ReportLog::handler, &log);
}

void frame_of(SmartAlloc& alloc, std::size_t bytes) {
  alloc.begin_frame();
  for (std::size_t done = 0; done < bytes; done += 4096) {
    ASSERT_NE(alloc.frame_alloc<char[4096]>(), nullptr);
  }
  alloc.end_frame();
}

TEST(MemoryTarget, SixtyFramesAfterASpikeLittleMoreIsHeldThanIsNeeded) {
  for (unsigned k = 1; k <= 4; ++k) {
    ReportLog log;
    SmartAlloc alloc(small_arena(log).with_frames_in_flight(k));
    const std::size_t need = 8_MiB;
    for (int i = 0; i < 20; ++i) frame_of(alloc, need);
    frame_of(alloc, 64_MiB);
    EXPECT_GE(alloc.stats().reserved, 64_MiB);
    for (int i = 0; i < 60; ++i) frame_of(alloc, need);
    const std::size_t reserved = alloc.stats().reserved - alloc.stats().metadata_bytes;
    std::printf("%u in flight: %zu KiB held for %zu KiB\n", k, reserved >> 10, k * need >> 10);
    EXPECT_LE(reserved, k * need + k * need / 4) << k;
  }
}

TEST(MemoryTarget, ASpikeOfOneLargeBlockGoesToo) {
  ReportLog log;
  SmartAlloc alloc(small_arena(log));
  for (int i = 0; i < 20; ++i) frame_of(alloc, 4_MiB);
  alloc.begin_frame();
  ASSERT_NE(alloc.frame_alloc_layout(50_MiB, 16), nullptr);
  alloc.end_frame();
  for (int i = 0; i < 60; ++i) frame_of(alloc, 4_MiB);
  EXPECT_LE(alloc.stats().reserved - alloc.stats().metadata_bytes, 5_MiB);
}

TEST(MemoryTarget, SteadyFramesTakeNothingFromTheSource) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  SmartAlloc alloc(small_arena(log).with_upstream(&counting));
  for (int i = 0; i < 100; ++i) frame_of(alloc, 3_MiB);
  const std::uint64_t requests = counting.requests();
  const std::size_t held = counting.bytes_in_use();
  for (int i = 0; i < 500; ++i) frame_of(alloc, 3_MiB);
  EXPECT_EQ(counting.requests(), requests);
  EXPECT_EQ(counting.bytes_in_use(), held);
}

TEST(MemoryTarget, TrimGivesASpikeBackAtOnce) {
  ReportLog log;
  SystemSource system;
  CountingSource counting(system);
  SmartAlloc alloc(small_arena(log).with_upstream(&counting));
  frame_of(alloc, 32_MiB);
  std::vector<char*> heap;
  std::vector<char(*)[256]> pool;
  for (int i = 0; i < 100; ++i) heap.push_back(alloc.heap_alloc<char>(100_KiB));
  for (int i = 0; i < 20000; ++i) pool.push_back(alloc.pool_alloc<char[256]>());
  for (char* block : heap) alloc.heap_free(block);
  for (auto* block : pool) alloc.pool_free(block);
  const std::size_t before = alloc.stats().reserved;
  EXPECT_EQ(before, counting.bytes_in_use());
  EXPECT_GT(before, 32_MiB);
  const std::size_t given = alloc.trim();
  EXPECT_EQ(alloc.stats().reserved, before - given);
  EXPECT_EQ(counting.bytes_in_use(), before - given);
  EXPECT_LT(alloc.stats().reserved, 2_MiB);
  frame_of(alloc, 1_MiB);
  EXPECT_GT(alloc.trim(), 0u);
}

TEST(MemoryTarget, TrimKeepsWhatIsInUse) {
  ReportLog log;
  SmartAlloc alloc(small_arena(log).with_frames_in_flight(2));
  frame_of(alloc, 1_MiB);
  alloc.begin_frame();
  auto* frame = reinterpret_cast<unsigned char*>(alloc.frame_alloc<char[100000]>());
  auto* pool = alloc.pool_alloc<std::uint64_t>();
  auto* heap = alloc.heap_alloc<unsigned char>(500000);
  std::fill_n(frame, 100000, 0x11);
  *pool = 0x2222;
  std::fill_n(heap, 500000, 0x33);
  (void)alloc.trim();
  std::thread([&] { (void)alloc.trim(); }).join();
  alloc.end_frame();
  (void)alloc.trim();  // the frame is still in flight
  EXPECT_EQ(std::count(frame, frame + 100000, 0x11), 100000);
  EXPECT_EQ(*pool, 0x2222u);
  EXPECT_EQ(std::count(heap, heap + 500000, 0x33), 500000);
  alloc.pool_free(pool);
  alloc.heap_free(heap);
  EXPECT_EQ(log.size(), 0u);
}

}  // namespace
}  // namespace framealloc
