// SPDX-License-Identifier: MIT OR Apache-2.0
// Pages of pool and heap whose blocks were freed: they go back when frames end, when memory is
// short and when somebody asks, and until then they are shown as idle.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

struct Kilobyte {  // with what rounding adds
  std::byte bytes[1000];
};
constexpr std::size_t kBlocks = 32768;  // 32 MiB
constexpr std::size_t kBytes = kBlocks * 1024;

std::vector<Kilobyte*> fill(SmartAlloc& alloc, std::size_t count = kBlocks) {
  std::vector<Kilobyte*> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back(alloc.pool_alloc<Kilobyte>());
  return blocks;
}
void free_all(SmartAlloc& alloc, const std::vector<Kilobyte*>& blocks) {
  for (Kilobyte* const block : blocks) alloc.pool_free(block);
}
void churn(SmartAlloc& alloc) { free_all(alloc, fill(alloc)); }

// A thread that does one thing at a time and rests in between.
class Worker {
 public:
  ~Worker() {
    run(nullptr);
    thread_.join();
  }
  void run(std::function<void()> work) {
    std::unique_lock lock(mutex_);
    work_ = std::move(work);
    due_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !due_; });
  }

 private:
  void loop() {
    std::unique_lock lock(mutex_);
    for (bool more = true; more;) {
      changed_.wait(lock, [this] { return due_; });
      more = work_ != nullptr;
      if (more) work_();
      due_ = false;
      changed_.notify_all();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool due_ = false;
  std::thread thread_{[this] { loop(); }};
};

// Bookkeeping apart, which stays and is large where frees are verified.
std::size_t held(SmartAlloc& alloc) {
  const AllocStats stats = alloc.stats();
  return stats.reserved - stats.metadata_bytes;
}

TEST(IdlePages, GoBackWhenFramesEnd) {
  SmartAlloc alloc(AllocConfig::minimal());
  churn(alloc);
  EXPECT_GE(alloc.stats().idle_bytes, kBytes) << "shown from the moment they are free";
  for (int frame = 0; frame < 100; ++frame) {
    alloc.begin_frame();
    (void)alloc.frame_alloc<int>();
    alloc.end_frame();
  }
  EXPECT_LT(held(alloc), 8_MiB);
  EXPECT_EQ(alloc.stats().pool_allocated, 0U);
}

TEST(IdlePages, GoBackWhenFramesOfOneThreadEnd) {
  SmartAlloc alloc(AllocConfig::minimal());
  churn(alloc);
  for (int frame = 0; frame < 200; ++frame) {
    alloc.begin_thread_frame();
    alloc.end_thread_frame();
  }
  (void)alloc.trim();
  EXPECT_LT(held(alloc), 8_MiB);
}

TEST(IdlePages, OfAWorkerGoBackAtItsFrames) {
  SmartAlloc alloc(AllocConfig::minimal());
  Worker worker;
  worker.run([&] { churn(alloc); });
  for (int frame = 0; frame < 300; ++frame) {
    alloc.begin_frame();
    worker.run([&] { (void)alloc.frame_alloc<int>(); });
    alloc.end_frame();
  }
  EXPECT_LT(held(alloc), 8_MiB);
}

// A level that is loaded and left: its blocks die while half of them stay.
TEST(IdlePages, StayWithBlocksInUse) {
  SmartAlloc alloc(AllocConfig::minimal());
  const std::vector<Kilobyte*> kept = fill(alloc, kBlocks / 4);
  churn(alloc);
  for (int frame = 0; frame < 100; ++frame) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  EXPECT_LT(held(alloc), kBytes / 4 + 8_MiB);
  EXPECT_EQ(alloc.stats().pool_allocated, kBytes / 4);
  free_all(alloc, kept);
}

TEST(IdlePages, ASteadyLoadKeepsItsPages) {
  SmartAlloc alloc(AllocConfig::minimal());
  std::uint64_t refills = 0;
  for (int frame = 0; frame < 100; ++frame) {
    if (frame == 20) refills = alloc.stats().slab_refill_count;
    alloc.begin_frame();
    free_all(alloc, fill(alloc, 2000));
    alloc.end_frame();
  }
  EXPECT_EQ(alloc.stats().slab_refill_count, refills);
}

TEST(IdlePages, AThreadThatRestsIsAskedByATrimAndAnswersWithItsNextCall) {
  const std::vector<std::function<void(SmartAlloc&)>> calls = {
      [](SmartAlloc& alloc) { alloc.pool_free(alloc.pool_alloc<Kilobyte>()); },
      [](SmartAlloc& alloc) { alloc.pool_free(alloc.pool_alloc<int>()); },
      [](SmartAlloc& alloc) { alloc.heap_free(alloc.heap_alloc<int>()); },
      [](SmartAlloc& alloc) { alloc.heap_free(alloc.heap_alloc<std::byte>(100'000)); },
      [](SmartAlloc& alloc) { (void)alloc.frame_alloc<int>(); },
      [](SmartAlloc& alloc) { (void)alloc.process_deferred_frees(0); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    SmartAlloc alloc(AllocConfig::minimal());
    alloc.begin_frame();
    Worker worker;
    worker.run([&] {
      (void)alloc.frame_alloc<int>();
      churn(alloc);
    });
    (void)alloc.trim();
    EXPECT_GE(held(alloc), kBytes) << "nobody can take from a thread that does nothing";
    EXPECT_GE(alloc.stats().idle_bytes, kBytes);
    worker.run([&] { calls[i](alloc); });
    EXPECT_LT(held(alloc), 8_MiB) << "call " << i;
    worker.run([&] { churn(alloc); });  // and goes on as before
    EXPECT_EQ(alloc.stats().pool_allocated, 0U);
    alloc.end_frame();
  }
}

TEST(IdlePages, AFrameEndedByAnotherTrimIsEnough) {
  SmartAlloc alloc(AllocConfig::minimal());
  churn(alloc);
  std::thread([&] { (void)alloc.trim(); }).join();
  EXPECT_GE(alloc.stats().idle_bytes, kBytes);
  alloc.begin_frame();
  (void)alloc.frame_alloc<int>();
  alloc.end_frame();
  EXPECT_LT(held(alloc), 8_MiB) << "the driving thread answers at the next frame";
}

// What a resting thread has reached a boundary with lies free for everybody.
TEST(IdlePages, ARequestUnderALimitTakesThem) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal()
                       .with_memory_limit(kBytes + 16_MiB)
                       .with_report_handler(&ReportLog::handler, &log));
  Worker worker;
  alloc.begin_frame();
  worker.run([&] {
    churn(alloc);
    (void)alloc.frame_alloc<int>();
  });
  alloc.end_frame();
  for (int frame = 0; frame < 200; ++frame) {
    alloc.begin_frame();
    worker.run([&] { (void)alloc.frame_alloc<int>(); });
    alloc.end_frame();
  }
  std::byte* const block = alloc.heap_alloc<std::byte>(kBytes);
  EXPECT_NE(block, nullptr);
  EXPECT_EQ(log.size(), 0U);
  alloc.heap_free(block);
}

// The same for one that has done nothing since: it is asked, and the next request is met.
TEST(IdlePages, ARequestUnderALimitAsksForThem) {
  ReportLog log;
  SmartAlloc alloc(AllocConfig::minimal()
                       .with_memory_limit(kBytes + 16_MiB)
                       .with_report_handler(&ReportLog::handler, &log));
  churn(alloc);
  std::byte* mine = alloc.heap_alloc<std::byte>(kBytes);
  EXPECT_NE(mine, nullptr) << "of its own a thread takes at once";
  alloc.heap_free(mine);
  Worker worker;
  worker.run([&] { churn(alloc); });
  EXPECT_EQ(alloc.heap_alloc<std::byte>(kBytes), nullptr);
  EXPECT_EQ(log.size(), 1U);
  worker.run([&] { alloc.pool_free(alloc.pool_alloc<int>()); });
  mine = alloc.heap_alloc<std::byte>(kBytes);
  EXPECT_NE(mine, nullptr);
  EXPECT_EQ(log.size(), 1U);
  alloc.heap_free(mine);
}

TEST(IdlePages, EveryFrameUnderWhenEmpty) {
  SmartAlloc alloc(AllocConfig::minimal().with_decommit(DecommitPolicy::WhenEmpty));
  free_all(alloc, fill(alloc, 4000));
  for (int frame = 0; frame < 10; ++frame) {
    alloc.begin_frame();
    alloc.end_frame();
  }
  EXPECT_LT(held(alloc), 2_MiB);
}

}  // namespace
}  // namespace framealloc
