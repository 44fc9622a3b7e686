// SPDX-License-Identifier: MIT OR Apache-2.0
// Totals that add up exactly: over tags, threads, frames in flight, rewinds and remote frees.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

// Requirement: no other thread uses the allocator at this moment.
void expect_sums(const SmartAlloc& alloc, const char* when) {
  const AllocStats stats = alloc.stats();
  std::size_t frame = 0;
  std::size_t pool = 0;
  std::size_t heap = 0;
  for (const TagStats& tag : alloc.all_tag_stats()) {
    frame += tag.frame_bytes;
    pool += tag.pool_bytes;
    heap += tag.heap_bytes;
    EXPECT_EQ(tag.current_bytes, tag.frame_bytes + tag.pool_bytes + tag.heap_bytes) << tag.tag;
    EXPECT_EQ(alloc.tag_stats(tag.tag).current_bytes, tag.current_bytes) << tag.tag;
    EXPECT_EQ(alloc.tag_stats(tag.tag).subtree_bytes, tag.subtree_bytes) << tag.tag;
  }
  EXPECT_EQ(frame, stats.frame_allocated) << when;
  EXPECT_EQ(pool, stats.pool_allocated) << when;
  EXPECT_EQ(heap, stats.heap_allocated) << when;
  EXPECT_EQ(stats.total_allocated, frame + pool + heap) << when;
  EXPECT_GE(stats.peak_allocated, stats.total_allocated);
}

constexpr const char* kTags[] = {"game", "game::physics", "game::physics::broad", "ui", "audio"};

// One thread's part of a frame: allocates under changing tags, with scopes. Result: bytes it holds.
std::size_t use_frame(SmartAlloc& alloc, std::mt19937& random, int steps) {
  std::size_t held = 0;
  for (int i = 0; i < steps; ++i) {
    const TagScope scope = alloc.tag_scope(kTags[random() % 5]);
    const std::size_t size = 16 * (1 + random() % 300);
    EXPECT_NE(alloc.frame_alloc_layout(size, 16), nullptr);
    held += size;
    if (random() % 4 == 0) {
      const FrameScope inner = alloc.frame_scope();
      (void)alloc.frame_alloc_layout(5000, 16);
      alloc.with_tag("inside", [&] { (void)alloc.frame_alloc_layout(700, 16); });
    }
  }
  return held;
}

TEST(Sums, OverTagsThreadsAndFramesInFlight) {
  for (unsigned k = 1; k <= 4; ++k) {
    ReportLog log;
    SmartAlloc alloc(AllocConfig::minimal().with_frames_in_flight(k).with_report_handler(
        &ReportLog::handler, &log));
    constexpr std::size_t kWorkers = 3;
    std::vector<std::size_t> held(16);
    std::barrier step(kWorkers + 1);
    std::mutex sum;
    std::vector<std::thread> threads;
    for (std::size_t w = 0; w < kWorkers; ++w) {
      threads.emplace_back([&, w] {
        std::mt19937 random(static_cast<unsigned>(w + 100 * k));
        for (std::size_t frame = 0; frame < 16; ++frame) {
          step.arrive_and_wait();
          // Some frames pass a thread by.
          const std::size_t bytes = (frame + w) % 3 == 0 ? 0 : use_frame(alloc, random, 40);
          {
            const std::lock_guard lock(sum);
            held[frame] += bytes;
          }
          step.arrive_and_wait();
          step.arrive_and_wait();
        }
      });
    }
    std::mt19937 random(7);
    for (std::size_t frame = 0; frame < 16; ++frame) {
      alloc.begin_frame();
      step.arrive_and_wait();
      const std::size_t mine = use_frame(alloc, random, 40);
      step.arrive_and_wait();
      held[frame] += mine;
      std::size_t expected = 0;
      for (std::size_t back = 0; back < k && back <= frame; ++back) expected += held[frame - back];
      EXPECT_EQ(alloc.stats().frame_allocated, expected) << k << " in flight, frame " << frame;
      EXPECT_EQ(alloc.frame_stats().bytes_allocated, held[frame]);
      expect_sums(alloc, "in the frame");
      alloc.end_frame();
      EXPECT_EQ(alloc.stats().frame_allocated,
                frame + 1 < k ? expected : expected - held[frame + 1 - k]);
      expect_sums(alloc, "after the frame");
      step.arrive_and_wait();
    }
    for (std::thread& thread : threads) thread.join();
    expect_sums(alloc, "after the threads");
    EXPECT_EQ(log.size(), 0u);
  }
}

TEST(Sums, PoolAndHeapBytesKnowTheirTagWhoeverFreesThem) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
  std::vector<std::uint64_t*> pool;
  std::vector<char*> heap;
  for (int i = 0; i < 500; ++i) {
    alloc.with_tag(kTags[i % 5], [&] {
      pool.push_back(alloc.pool_alloc<std::uint64_t>());
      heap.push_back(alloc.heap_alloc<char>(static_cast<std::size_t>(100 + i * 37)));
    });
  }
  expect_sums(alloc, "allocated");
  EXPECT_EQ(alloc.tag_stats("ui").pool_bytes, 100u * 16);
  EXPECT_EQ(alloc.stats().pool_allocated, 500u * 16);
  EXPECT_EQ(alloc.stats().allocation_count, 1000u);
  std::thread([&] {
    const TagScope elsewhere = alloc.tag_scope("elsewhere");
    for (std::size_t i = 0; i < 250; ++i) {
      alloc.pool_free(pool[i]);
      alloc.heap_free(heap[i]);
    }
  }).join();
  expect_sums(alloc, "half freed by another thread");
  EXPECT_EQ(alloc.tag_stats("ui").pool_bytes, 50u * 16);
  EXPECT_EQ(alloc.tag_stats("elsewhere").current_bytes, 0u);
  for (std::size_t i = 250; i < 500; ++i) {
    alloc.pool_free(pool[i]);
    alloc.heap_free(heap[i]);
  }
  expect_sums(alloc, "all freed");
  const AllocStats stats = alloc.stats();
  EXPECT_EQ(stats.total_allocated, 0u);
  EXPECT_EQ(stats.deallocation_count, 1000u);
  EXPECT_EQ(stats.active_allocations(), 0u);
  EXPECT_GT(stats.deferred_free_count, 0u);
}

TEST(Sums, AThreadsOwnFramesCountToo) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
  alloc.begin_frame();
  alloc.with_tag("shared", [&] { (void)alloc.frame_alloc<char[160]>(); });
  std::barrier step(2);
  std::thread worker([&] {
    alloc.begin_thread_frame();
    alloc.with_tag("audio", [&] { (void)alloc.frame_alloc<char[320]>(); });
    step.arrive_and_wait();
    step.arrive_and_wait();
    alloc.end_thread_frame();
    step.arrive_and_wait();
    step.arrive_and_wait();
  });
  step.arrive_and_wait();
  EXPECT_EQ(alloc.stats().frame_allocated, 480u);
  EXPECT_EQ(alloc.tag_stats("audio").frame_bytes, 320u);
  expect_sums(alloc, "own frame open");
  alloc.end_frame();
  EXPECT_EQ(alloc.stats().frame_allocated, 320u);
  expect_sums(alloc, "shared frame over");
  step.arrive_and_wait();
  step.arrive_and_wait();
  EXPECT_EQ(alloc.stats().frame_allocated, 0u);
  expect_sums(alloc, "own frame over");
  step.arrive_and_wait();
  worker.join();
}

TEST(Sums, MoreTagsThanTheTableHoldsStillAddUp) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
  alloc.begin_frame();
  std::size_t bytes = 0;
  for (int i = 0; i < 1500; ++i) {
    alloc.with_tag("tag number " + std::to_string(i), [&] {
      EXPECT_NE(alloc.frame_alloc<char[16]>(), nullptr);
      bytes += 16;
    });
  }
  EXPECT_EQ(alloc.stats().frame_allocated, bytes);
  std::size_t sum = 0;
  for (const TagStats& tag : alloc.all_tag_stats()) sum += tag.frame_bytes;
  EXPECT_EQ(sum, bytes);
}

TEST(Sums, TheLastFramesBytesByTag) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log));
  for (std::size_t frame = 1; frame <= 5; ++frame) {
    alloc.begin_frame();
    alloc.with_tag("t", [&] { (void)alloc.frame_alloc_layout(frame * 160, 16); });
    EXPECT_EQ(alloc.tag_stats("t").frame_bytes, frame * 160);
    EXPECT_EQ(alloc.tag_stats("t").last_frame_bytes, (frame - 1) * 160);
    alloc.end_frame();
    EXPECT_EQ(alloc.tag_stats("t").frame_bytes, 0u);
    EXPECT_EQ(alloc.tag_stats("t").last_frame_bytes, frame * 160);
  }
  EXPECT_EQ(alloc.tag_stats("t").peak_frame_bytes, 800u);
  EXPECT_EQ(alloc.tag_stats("t").bytes_allocated, (1u + 2 + 3 + 4 + 5) * 160);
}

// The tag held it, although it is gone when anybody looks.
TEST(Sums, ATagsPeakHoldsWhatWasGivenBackWithinTheFrame) {
  SmartAlloc alloc(AllocConfig::minimal());
  for (int frame = 0; frame < 3; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
    const TagScope outer = alloc.tag_scope("outer");
    (void)alloc.frame_alloc_layout(64, 16);
    {
      const TagScope tag = alloc.tag_scope("list");
      (void)alloc.frame_alloc_layout(32, 16);
      const FrameVec<std::uint64_t> list = alloc.frame_vec<std::uint64_t>(100);
    }
    {
      const TagScope tag = alloc.tag_scope("scope");
      const ArenaScope scope(alloc.frame_arena());
      (void)alloc.frame_alloc_layout(480, 16);
    }
    (void)alloc.frame_alloc_layout(16, 16);
  }
  EXPECT_EQ(alloc.tag_stats("list").peak_frame_bytes, 832u);
  EXPECT_EQ(alloc.tag_stats("list").last_frame_bytes, 32u);
  EXPECT_EQ(alloc.tag_stats("scope").peak_frame_bytes, 480u);
  EXPECT_EQ(alloc.tag_stats("scope").last_frame_bytes, 0u);
  EXPECT_EQ(alloc.tag_stats("outer").peak_frame_bytes, 80u);
}

}  // namespace
}  // namespace framealloc
