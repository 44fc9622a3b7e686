// SPDX-License-Identifier: MIT OR Apache-2.0
// Eight threads at one barrier, frame after frame. FRAMEALLOC_BARRIER_FRAMES=1000000 runs the full
// length; the default is short enough for every run of the tests and for ThreadSanitizer.
#include <framealloc/frame_barrier.hpp>
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

constexpr unsigned kThreads = 8;

std::uint64_t frames() {
  const char* const wanted = std::getenv("FRAMEALLOC_BARRIER_FRAMES");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 4000;
}

// Plain ints: that a thread may read what the others wrote is what the barrier is for.
struct alignas(64) Cell {
  std::uint64_t value = 0;
};

template <class Work>
void run_threads(unsigned count, Work&& work) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST(BarrierStress, NoArrivalIsLostWhenThreadsLoop) {
  const std::uint64_t count = frames();
  FrameBarrier barrier(kThreads);
  Cell cells[kThreads];
  std::atomic<std::uint64_t> wrong{0};
  run_threads(kThreads, [&](unsigned me) {
    for (std::uint64_t frame = 1; frame <= count; ++frame) {
      cells[me].value = frame;
      barrier.signal_frame_complete();
      barrier.wait_all();
      if (cells[(me + 1) % kThreads].value != frame) wrong.fetch_add(1);
      barrier.arrive_and_wait();  // a second phase in the frame: nobody writes before all have read
    }
  });
  EXPECT_EQ(wrong.load(), 0U);
  EXPECT_EQ(barrier.generation(), 2 * count);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 0U);
  EXPECT_EQ(barrier.stats().total_waits, 2 * count * kThreads);
}

// The fault of a flag with an explicit reset: workers that loop signal again before the thread that
// drives the frame has reset it.
TEST(BarrierStress, ADriverThatIsNoParticipantMissesNoFrame) {
  const std::uint64_t count = frames();
  FrameBarrier done(kThreads);
  FrameBarrier go(1);
  std::uint64_t frame_data = 0;
  Cell sums[kThreads];
  std::thread driver([&] {
    for (std::uint64_t frame = 1; frame <= count; ++frame) {
      frame_data = frame;
      go.signal_frame_complete();
      done.wait_all();
      done.reset();
    }
  });
  run_threads(kThreads, [&](unsigned me) {
    BarrierTicket next{0};
    for (std::uint64_t frame = 1; frame <= count; ++frame, ++next.phase) {
      go.wait(next);
      sums[me].value += frame_data;
      done.signal_frame_complete();
    }
  });
  driver.join();
  for (const Cell& sum : sums) EXPECT_EQ(sum.value, count * (count + 1) / 2);
  EXPECT_EQ(done.generation(), count);
  EXPECT_EQ(done.stats().surplus_arrivals, 0U);
}

TEST(BarrierStress, ThreadsComeAndGo) {
  const std::uint64_t count = frames() / 4;
  FrameBarrier barrier(2);
  std::atomic<bool> stop{false};
  // Two that stay, and two that join for a while and leave.
  std::thread visitors[2];
  for (std::thread& visitor : visitors) {
    visitor = std::thread([&] {
      while (!stop.load()) {
        if (!barrier.register_thread("visitor")) continue;
        for (int i = 0; i < 5; ++i) barrier.arrive_and_wait();
        barrier.unregister_thread();
      }
    });
  }
  run_threads(2, [&](unsigned me) {
    EXPECT_TRUE(barrier.register_thread(me == 0 ? "first" : "second"));
    for (std::uint64_t frame = 0; frame < count; ++frame) barrier.arrive_and_wait();
    if (me == 0) stop.store(true);
    barrier.unregister_thread();
  });
  for (std::thread& visitor : visitors) visitor.join();
  EXPECT_GE(barrier.generation(), count);
  EXPECT_EQ(barrier.stats().surplus_arrivals, 0U);
}

}  // namespace
}  // namespace framealloc
