// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads allocate, free each other's blocks and end, without regard to frames, while the behavior
// filter reads their counters and others ask it.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

struct Block {
  std::byte bytes[96];
};

constexpr int kWorkers = 6;
constexpr int kFrames = 200;

struct Shared {
  SmartAlloc alloc{AllocConfig::minimal()};
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> pool_calls{0};
  std::atomic<std::uint64_t> heap_calls{0};
  std::mutex mutex;
  std::vector<Block*> passed_on;
};

void work(Shared& shared, int seed) {
  SmartAlloc alloc = shared.alloc;
  const std::string name = "worker" + std::to_string(seed % 3);
  for (int i = seed; !shared.stop.load(std::memory_order_relaxed); ++i) {
    const TagScope tag = alloc.tag_scope(name);
    Block* const block = alloc.pool_alloc<Block>();
    shared.pool_calls.fetch_add(1, std::memory_order_relaxed);
    alloc.heap_free(alloc.heap_alloc<char>(static_cast<std::size_t>(i % 5) * 9000 + 1));
    shared.heap_calls.fetch_add(1, std::memory_order_relaxed);
    Block* other = block;
    if (i % 3 == 0) {
      const std::lock_guard guard(shared.mutex);
      shared.passed_on.push_back(block);
      std::swap(shared.passed_on.front(), shared.passed_on.back());
      other = shared.passed_on.back();
      shared.passed_on.pop_back();
    }
    alloc.pool_free(other);
    if (i % 16 != 0) continue;
    alloc.begin_thread_frame();
    (void)alloc.frame_alloc<Block>();
    (void)alloc.frame_retained<Block>(RetentionPolicy::PromoteToPool);
    shared.pool_calls.fetch_add(1, std::memory_order_relaxed);
    (void)alloc.end_thread_frame_with_promotions();
  }
}

void check(const BehaviorReport& report) {
  for (const BehaviorStats& stats : report.stats) {
    EXPECT_LE(stats.same_frame_frees, stats.same_frame_frees_most);
    EXPECT_LE(stats.same_frame_frees_most, stats.total_allocs);
    EXPECT_LE(stats.first_seen_frame, stats.last_alloc_frame);
    EXPECT_LE(stats.last_alloc_frame, report.frames_analyzed);
  }
}

TEST(BehaviorStress, ReadsWhatOthersCount) {
  Shared shared;
  SmartAlloc& alloc = shared.alloc;
  alloc.print_reports(false);
  ASSERT_TRUE(alloc.enable_behavior_filter());
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) workers.emplace_back(work, std::ref(shared), i);
  std::thread reader([&] {
    while (!shared.stop.load(std::memory_order_relaxed)) {
      check(alloc.behavior_report());
      alloc.set_behavior_thresholds(BehaviorThresholds::strict().with_check_frames(3));
      (void)alloc.snapshot();
    }
  });
  for (int frame = 0; frame < kFrames; ++frame) {
    const ScopedFrame open = alloc.scoped_frame();
    (void)alloc.frame_alloc<Block>();
    if (frame % 50 == 49) {  // threads that end, and others that take their places
      std::thread([&] { alloc.pool_free(alloc.pool_alloc<Block>()); }).join();
      shared.pool_calls.fetch_add(1, std::memory_order_relaxed);
    }
    std::this_thread::yield();
  }
  shared.stop = true;
  for (std::thread& worker : workers) worker.join();
  reader.join();
  alloc.begin_frame();
  alloc.end_frame();

  const BehaviorReport report = alloc.behavior_report();
  check(report);
  EXPECT_EQ(report.frames_analyzed, kFrames + 1u);
  std::uint64_t pool = 0;
  std::uint64_t heap = 0;
  for (const BehaviorStats& stats : report.stats) {
    if (stats.kind == AllocKind::Pool) pool += stats.total_allocs;
    if (stats.kind == AllocKind::Heap) heap += stats.total_allocs;
  }
  EXPECT_EQ(pool, shared.pool_calls.load()) << "at rest nothing is lost";
  EXPECT_EQ(heap, shared.heap_calls.load());
  for (Block* block : shared.passed_on) alloc.pool_free(block);
}

}  // namespace
}  // namespace framealloc
