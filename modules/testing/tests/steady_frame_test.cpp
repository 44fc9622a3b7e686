// SPDX-License-Identifier: MIT OR Apache-2.0
// A frame like the ones before touches no heap, whatever the library does in it.
#include <framealloc/framealloc.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <memory_resource>
#include <string>
#include <thread>
#include <vector>

namespace framealloc::testing {
namespace {

using namespace framealloc::literals;

struct Body {
  float place[4] = {};
  explicit Body(float x) { place[0] = x; }
};

void work(SmartAlloc& alloc) {
  const auto phase = alloc.phase_scope("work");
  alloc.with_tag("physics", [&] {
    FrameVec<int> numbers = alloc.frame_vec<int>();
    for (int i = 0; i < 5000; ++i) numbers.push_back(i);
    FrameMap<int, float> map = alloc.frame_map<int, float>(64);
    for (int i = 0; i < 200; ++i) (void)map.insert(i, 1.0F);
    FrameString text = alloc.frame_string();
    for (int i = 0; i < 20; ++i) text.append("a text that grows ");
    std::pmr::vector<int> standard(alloc.frame_resource());
    for (int i = 0; i < 1000; ++i) standard.push_back(i);
    const auto scratch = alloc.frame_scope();
    (void)alloc.frame_alloc_batch<char>(10'000);
  });
}

void frame(SmartAlloc& alloc) {
  alloc.begin_frame();
  work(alloc);
  std::array<PoolBox<Body>, 16> boxes;
  for (PoolBox<Body>& box : boxes) box = alloc.pool_box<Body>(1.0F);
  const HeapBox<Body> large = alloc.heap_box<Body>(2.0F);
  const Handle<Body> handle = alloc.handles().alloc<Body>(3.0F);
  alloc.handles().free(handle);
  alloc.end_frame();
}

TEST(SteadyFrame, TouchesNoHeap) {
  SmartAlloc alloc(AllocConfig{.frame_arena_size = 4_MiB, .enable_budgets = true});
  alloc.budgets()->register_tag_budget("physics", 8_MiB, 16_MiB);
  for (int i = 0; i < 60; ++i) frame(alloc);
  for (int i = 0; i < 20; ++i) {
    const NoHeapInScope none(HeapCalls::OfAllThreads);
    frame(alloc);
    ASSERT_TRUE(none) << none.message();
  }
}

// Workers join the frame by allocating; a thread is alive before anything is counted.
TEST(SteadyFrame, TouchesNoHeapOnWorkers) {
  SmartAlloc alloc(AllocConfig{.frame_arena_size = 4_MiB});
  std::atomic<int> turn{0}, done{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> workers;
  for (int w = 0; w < 2; ++w) {
    workers.emplace_back([&] {
      for (int seen = 0;;) {
        while (turn == seen && !stop) std::this_thread::yield();
        if (stop) return;
        seen = turn;
        work(alloc);
        ++done;
      }
    });
  }
  std::string complaint;
  for (int i = 0; i < 60 && complaint.empty(); ++i) {
    const NoHeapInScope none(HeapCalls::OfAllThreads);
    alloc.begin_frame();
    done = 0;
    ++turn;
    while (done < 2) std::this_thread::yield();
    alloc.end_frame();
    if (!none && i >= 40) complaint = none.message();
  }
  stop = true;
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(complaint, "");
}

}  // namespace
}  // namespace framealloc::testing
