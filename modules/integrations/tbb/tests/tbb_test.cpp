// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <framealloc/tbb/tbb.hpp>
#include <framealloc/testing/no_heap_in_scope.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>
#include <oneapi/tbb/concurrent_vector.h>
#include <oneapi/tbb/global_control.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <numeric>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

#if FRAMEALLOC_TSAN
// The library of TBB is not instrumented: what its threads do to its own objects, which they hand
// over inside it, looks like races. By the names of its functions and of the library, nothing else.
extern "C" const char* __tsan_default_suppressions() {
  return "race:^tbb::detail::\n"
         "called_from_lib:libtbb.so\n";
}
#endif

namespace framealloc::tbb {
namespace {

using framealloc::testing::ReportLog;

// Result: calls of malloc and its kin by all threads, in so many frames.
template <class F>
std::uint64_t mallocs_in(int frames, F frame) {
  const framealloc::testing::NoHeapInScope scope(framealloc::testing::HeapCalls::OfAllThreads);
  for (int i = 0; i < frames; ++i) frame();
  const std::uint64_t calls = scope.count();
  (void)scope.none();  // so that it does not fail for them
  return calls;
}

// TBB's own threads end before the program does. One that is still on its way out of an arena holds what
// TBB keeps of an observer, which LeakSanitizer would take for lost.
class EndOfWorkers : public ::testing::Environment {
 public:
  void TearDown() override { EXPECT_TRUE(::tbb::finalize(handle_, std::nothrow)); }

 private:
  ::tbb::task_scheduler_handle handle_{::tbb::attach{}};
};
[[maybe_unused]] const auto* const kEndOfWorkers =
    ::testing::AddGlobalTestEnvironment(new EndOfWorkers);

constexpr int kWorkers = 4;

class TbbTest : public ::testing::Test {
 protected:
  // Runs in an arena of four slots, whatever the machine has.
  template <class F>
  void in_arena(F function) {
    arena_.execute(function);
  }
  SmartAlloc alloc_;
  ::tbb::task_arena arena_{kWorkers};
};

TEST_F(TbbTest, EveryIndexOnceOnFrameMemoryOfItsWorker) {
  constexpr int kCount = 10000;
  for (int round = 0; round < 20; ++round) {
    alloc_.begin_frame();
    std::vector<std::atomic<int>> seen(kCount);
    std::vector<const int*> copies(kCount);
    in_arena([&] {
      parallel_for_frames(
          alloc_, 0, kCount,
          [&](FrameArena& arena, int begin, int end) {
            EXPECT_EQ(&arena, &alloc_.frame_arena());
            for (int i = begin; i < end; ++i) {
              int* const copy = arena.alloc<int>();
              *copy = i;
              copies[static_cast<std::size_t>(i)] = copy;
              ++seen[static_cast<std::size_t>(i)];
            }
          },
          64);
    });
    for (int i = 0; i < kCount; ++i) {
      ASSERT_EQ(seen[static_cast<std::size_t>(i)].load(), 1);
      ASSERT_EQ(*copies[static_cast<std::size_t>(i)], i) << "good until the frame ends";
    }
    EXPECT_GE(alloc_.stats().frame_allocated, kCount * sizeof(int));
    alloc_.end_frame();
    EXPECT_EQ(alloc_.stats().frame_allocated, 0U);
  }
}

TEST_F(TbbTest, EmptyRangesAndGrainsOfNothing) {
  const ScopedFrame frame = alloc_.scoped_frame();
  int calls = 0;
  const auto count = [&](FrameArena&, std::size_t, std::size_t) { ++calls; };
  parallel_for_frames(alloc_, std::size_t{5}, std::size_t{5}, count);
  parallel_for_frames(alloc_, std::size_t{5}, std::size_t{3}, count);
  EXPECT_EQ(calls, 0);
  std::atomic<long> sum{0};
  parallel_for_frames(
      alloc_, -3L, 4L,
      [&](FrameArena&, long begin, long end) {
        for (long i = begin; i < end; ++i) sum += i + 10;
      },
      0L);
  EXPECT_EQ(sum.load(), 70);
}

TEST_F(TbbTest, WithoutAFrameTheWorkIsDoneAndTheLossTold) {
  ReportLog log;
  AllocConfig config;
  SmartAlloc alloc(config.with_report_handler(&ReportLog::handler, &log));
  std::atomic<int> done{0};
  std::atomic<int> missing{0};
  in_arena([&] {
    parallel_for_frames(alloc, 0, 100, [&](FrameArena& arena, int begin, int end) {
      if (arena.alloc<int>() == nullptr) missing += end - begin;
      done += end - begin;
    });
  });
  EXPECT_EQ(done.load(), 100);
  EXPECT_EQ(missing.load(), 100);
  EXPECT_GT(log.size(), 0U);
  EXPECT_EQ(alloc.stats().total_allocated, 0U);
}

TEST_F(TbbTest, WhatABodyThrowsComesOut) {
  const ScopedFrame frame = alloc_.scoped_frame();
  EXPECT_THROW(in_arena([&] {
                 parallel_for_frames(alloc_, 0, 1000, [](FrameArena&, int begin, int) {
                   if (begin >= 0) throw std::runtime_error("lost");
                 });
               }),
               std::runtime_error);
}

TEST_F(TbbTest, BodiesMayNest) {
  const ScopedFrame frame = alloc_.scoped_frame();
  std::atomic<int> leaves{0};
  in_arena([&] {
    parallel_for_frames(alloc_, 0, 20, [&](FrameArena&, int begin, int end) {
      for (int i = begin; i < end; ++i) {
        parallel_for_frames(alloc_, 0, 20, [&](FrameArena& arena, int from, int to) {
          if (arena.alloc<int>() != nullptr) leaves += to - from;
        });
      }
    });
  });
  EXPECT_EQ(leaves.load(), 400);
}

TEST_F(TbbTest, TheObserverCountsWhoIsInside) {
  arena_.initialize();
  {
    const FrameObserver observer(alloc_, arena_);
    for (int round = 0; round < 10; ++round) {
      const ScopedFrame frame = alloc_.scoped_frame();
      in_arena([&] {
        EXPECT_GE(observer.workers().inside, 1U);
        parallel_for_frames(alloc_, 0, 200,
                            [](FrameArena& arena, int, int) { (void)arena.alloc<int>(); });
      });
    }
    const WorkerStats workers = observer.workers();
    EXPECT_GE(workers.entries, 10U) << "this thread alone entered ten times";
    EXPECT_GE(workers.most, 1U);
    EXPECT_LE(workers.most, static_cast<unsigned>(kWorkers));
    EXPECT_LE(workers.inside, workers.most);
  }
  in_arena([] {});  // nobody watches
}

// An entering thread has its record before its first task asks for memory.
TEST_F(TbbTest, TheObserverMakesThreadsReady) {
  arena_.initialize();
  const std::uint64_t before = alloc_.stats().attached_threads;
  const FrameObserver observer(alloc_, arena_);
  std::thread([&] {
    in_arena([&] { EXPECT_EQ(alloc_.stats().attached_threads, before + 1); });
  }).join();
}

TEST_F(TbbTest, ContainersOnTheHeap) {
  const std::size_t before = alloc_.stats().heap_allocated;
  {
    const TagScope tag = alloc_.tag_scope("hits");
    ::tbb::concurrent_vector<int, Allocator<int>> hits{Allocator<int>(alloc_)};
    for (int i = 0; i < 1000; ++i) hits.push_back(i);
    EXPECT_GE(alloc_.stats().heap_allocated - before, 1000 * sizeof(int));
    std::size_t tagged = 0;
    for (const TagStats& each : alloc_.all_tag_stats()) {
      if (each.tag == "hits") tagged = each.heap_bytes;
    }
    EXPECT_GE(tagged, 1000 * sizeof(int));
  }
  EXPECT_EQ(alloc_.stats().heap_allocated, before);
  EXPECT_TRUE(alloc_.leak_report().empty());
}

// The README's recipe for a plain thread pool: one queue, frames around the jobs of a tick.
class ThreadPool {
 public:
  explicit ThreadPool(int threads) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }
  ~ThreadPool() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  void run(int jobs, const std::function<void(int)>& job) {
    std::unique_lock lock(mutex_);
    job_ = &job;
    next_ = 0;
    count_ = left_ = jobs;
    changed_.notify_all();
    done_.wait(lock, [this] { return left_ == 0; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return ending_ || next_ < count_; });
      if (ending_) return;
      const int mine = next_++;
      const std::function<void(int)>& job = *job_;
      lock.unlock();
      job(mine);
      lock.lock();
      if (--left_ == 0) done_.notify_one();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_, done_;
  const std::function<void(int)>* job_ = nullptr;
  int next_ = 0, count_ = 0, left_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

TEST(Recipe, APlainThreadPool) {
  SmartAlloc alloc;
  ThreadPool pool(3);
  constexpr int kJobs = 30;
  std::vector<std::span<int>> parts(kJobs);
  const std::function<void(int)> job = [&](int i) {
    FrameVec<int> found = alloc.frame_vec<int>(8);
    for (int n = 0; n <= i; ++n) found.push_back(n);
    parts[static_cast<std::size_t>(i)] = found.into_span();
  };
  for (int tick = 0; tick < 50; ++tick) {
    const ScopedFrame frame = alloc.scoped_frame();  // before the jobs of the tick are queued
    pool.run(kJobs, job);
    for (std::size_t i = 0; i < parts.size(); ++i) {  // once they are done
      EXPECT_EQ(parts[i].size(), i + 1);
      EXPECT_EQ(parts[i].back(), static_cast<int>(i));
    }
  }
  EXPECT_EQ(alloc.stats().frame_allocated, 0U);
}

// 100 frames of gathering, counted in the process; then the same with std::vector.
TEST_F(TbbTest, SteadyFramesCallNoMalloc) {
  constexpr int kCount = 4096;
  constexpr int kFrames = 100;
  arena_.initialize();
  const FrameObserver observer(alloc_, arena_);
  std::vector<std::span<const int>> parts(kCount);
  const auto ours = [&] {
    alloc_.begin_frame();
    in_arena([&] {
      parallel_for_frames(
          alloc_, 0, kCount,
          [&](FrameArena&, int begin, int end) {
            auto found = alloc_.frame_vec<int>(4);
            for (int i = begin; i < end; ++i) found.push_back(i);
            parts[static_cast<std::size_t>(begin)] = found.into_span();
          },
          64);
    });
    alloc_.end_frame();
  };
  const auto plain = [&] {
    in_arena([&] {
      ::tbb::parallel_for(::tbb::blocked_range<int>(0, kCount, 64),
                          [&](const ::tbb::blocked_range<int>& part) {
                            std::vector<int> found;
                            for (int i = part.begin(); i < part.end(); ++i) found.push_back(i);
                            parts[static_cast<std::size_t>(part.begin())] = {};
                          });
    });
  };
  // A worker may come late: until a run of frames is quiet, they are still warming up.
  std::uint64_t calls = 1;
  for (int attempt = 0; attempt < 200 && calls != 0; ++attempt) calls = mallocs_in(kFrames, ours);
  EXPECT_EQ(calls, 0U);
  EXPECT_GE(mallocs_in(kFrames, plain), static_cast<std::uint64_t>(kFrames) * (kCount / 64 / 2))
      << "the same program without us";
}

}  // namespace
}  // namespace framealloc::tbb
