// SPDX-License-Identifier: MIT OR Apache-2.0
// fork() while other threads are inside the allocator: every child finds it usable, and ends.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

namespace framealloc {
namespace {

using testing::ReportLog;

struct Block {
  char bytes[3000];
};

// What a child does before it ends. No thread: a child of a process with threads has one alone.
void work(SmartAlloc& alloc) {
  for (int round = 0; round < 20; ++round) {
    alloc.begin_frame();
    (void)alloc.frame_alloc<int>();
    alloc.end_frame();
    alloc.pool_free(alloc.pool_alloc<Block>());
    (void)alloc.heap_box<Block>();
  }
  (void)alloc.stats();
  SmartAlloc own(AllocConfig::minimal());
  own.begin_frame();
  (void)own.frame_alloc<Block>();
  own.end_frame();
}

// Result: how many of the children did not exit by themselves with 0.
int fork_children(int count, SmartAlloc& alloc) {
  int failed = 0;
  for (int i = 0; i < count; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      work(alloc);
      _exit(0);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) ++failed;
  }
  return failed;
}

TEST(Fork, ChildrenOfABusyProcessEnd) {
  SmartAlloc alloc(
      AllocConfig::minimal().with_report_handler([](const Report&, void*) {}, nullptr));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  // Threads that come and go with allocators that come and go; large blocks; reports.
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        std::thread([&] {
          SmartAlloc own(AllocConfig::minimal());
          Block* blocks[32];
          for (Block*& block : blocks) block = alloc.pool_alloc<Block>();
          for (Block* const block : blocks) alloc.pool_free(block);
          own.begin_frame();
          (void)own.frame_alloc<int>();
          own.end_frame();
        }).join();
      }
    });
  }
  threads.emplace_back([&] {
    while (!stop) {
      (void)alloc.heap_box<Block>();
      (void)alloc.stats();
      alloc.end_frame();  // none is open: FA004
    }
  });
  EXPECT_EQ(fork_children(60, alloc), 0);
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

struct Slow {
  Slow() { std::this_thread::yield(); }
  char bytes[100];
};

// A child has no thread that would finish what others were about to do with handles.
TEST(Fork, AChildEndsAnAllocatorWhoseHandlesOthersWereMaking) {
  auto* const alloc = new SmartAlloc(
      AllocConfig::minimal().with_report_handler([](const Report&, void*) {}, nullptr));
  HandleAllocator& handles = alloc->handles();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      std::vector<Handle<Slow>> mine;
      for (int n = 0; n < 100; ++n) mine.push_back(handles.alloc<Slow>());
      for (std::size_t n = 0; !stop; ++n) {
        handles.free(mine[n % 100]);
        mine[n % 100] = handles.alloc<Slow>();
      }
    });
  }
  int failed = 0;
  for (int i = 0; i < 60; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      // In the middle of an allocation or a free at most: no more than one object each.
      const HandleAllocatorStats stats = handles.stats();
      const std::uint64_t known = stats.active_handles + stats.free_slots;
      const bool whole = known <= stats.total_slots + 3 && known + 3 >= stats.total_slots;
      delete alloc;
      _exit(whole ? 0 : 1);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) ++failed;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  delete alloc;
  EXPECT_EQ(failed, 0);
}

TEST(Fork, AProcessWithOneThreadForksInEveryGuardMode) {
  for (const GuardMode guard : {GuardMode::Off, GuardMode::Poison, GuardMode::Pages}) {
    ReportLog log;
    AllocConfig config = AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log);
    config.guard = guard;
    SmartAlloc alloc(config);
    Block* const kept = alloc.pool_alloc<Block>();
    alloc.begin_frame();
    (void)alloc.frame_alloc<Block>();
    alloc.end_frame();
    EXPECT_EQ(fork_children(5, alloc), 0);
    alloc.pool_free(kept);
    EXPECT_EQ(log.size(), 0u);
  }
}

TEST(Fork, AHandlerOfReportsMayFork) {
  static int failed = -1;
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(
      [](const Report&, void*) {
        SmartAlloc own(AllocConfig::minimal());
        failed = fork_children(2, own);
      },
      nullptr));
  EXPECT_EQ(alloc.frame_alloc<int>(), nullptr);  // no frame is open: FA001
  EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace framealloc
