// SPDX-License-Identifier: MIT OR Apache-2.0
// What a frame owes when it comes after the end of the frame, or when the thread that owes it ends:
// a constructor that is still at work, heap blocks that stand in for frame memory, a frame that
// another thread ends.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>

namespace framealloc {
namespace {

using testing::ReportLog;

// An object whose constructor waits in the middle, and which counts.
struct Gate {
  std::binary_semaphore inside{0}, go{0};
  std::atomic<int> alive{0};
};

class Slow {
 public:
  explicit Slow(Gate& gate) : gate_(&gate), owned_(std::make_unique<int>(1)) {
    gate.alive.fetch_add(1);
    gate.inside.release();
    gate.go.acquire();
  }
  Slow(Slow&& other) noexcept : gate_(other.gate_), owned_(std::move(other.owned_)) {
    gate_->alive.fetch_add(1);
  }
  ~Slow() { gate_->alive.fetch_sub(1); }

 private:
  Gate* gate_;
  std::unique_ptr<int> owned_;
};

struct FrameOf {
  explicit FrameOf(SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~FrameOf() { alloc_.end_frame(); }
  SmartAlloc& alloc_;
};

void run_frames(SmartAlloc& alloc, int count) {
  for (int i = 0; i < count; ++i) {
    const FrameOf frame(alloc);
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
  }
}

// `make` constructs a Slow in frame memory; its frame ends meanwhile, then its thread.
template <class Make>
void end_frame_in_constructor(SmartAlloc& alloc, Make&& make, unsigned in_flight = 1) {
  Gate gate;
  alloc.begin_frame();
  std::thread worker([&] { make(gate); });
  gate.inside.acquire();
  alloc.end_frame();
  run_frames(alloc, static_cast<int>(in_flight));
  EXPECT_EQ(gate.alive.load(), 1);
  gate.go.release();
  worker.join();
  EXPECT_EQ(gate.alive.load(), 0) << "its thread ended without running the destructor";
  run_frames(alloc, 20);
  (void)alloc.trim();
  alloc.begin_frame();
  std::thread([&] { EXPECT_NE(alloc.frame_alloc<int>(), nullptr); }).join();
  alloc.end_frame();
  EXPECT_EQ(gate.alive.load(), 0);
}

class LateFrames : public ::testing::TestWithParam<GuardMode> {
 protected:
  ReportLog log_;
  AllocConfig config(unsigned in_flight = 1) {
    return AllocConfig::minimal()
        .with_guard(GetParam())
        .with_guard_frames(2)
        .with_frames_in_flight(in_flight)
        .with_report_handler(&ReportLog::handler, &log_);
  }
};

TEST_P(LateFrames, AnObjectMadeWhileItsFrameEndsIsDestroyedWithItsThread) {
  for (unsigned in_flight = 1; in_flight <= 3; ++in_flight) {
    SmartAlloc alloc(config(in_flight));
    for (int round = 0; round < 2; ++round) {
      end_frame_in_constructor(
          alloc, [&](Gate& gate) { (void)alloc.frame_new<Slow>(gate); }, in_flight);
    }
  }
  EXPECT_EQ(log_.size(), 0u) << log_.last().message;
}

TEST_P(LateFrames, SoAreBoxedAndRetainedObjects) {
  SmartAlloc alloc(config());
  end_frame_in_constructor(alloc, [&](Gate& gate) { (void)alloc.frame_box<Slow>(gate); });
  end_frame_in_constructor(
      alloc, [&](Gate& gate) { (void)alloc.frame_retained<Slow>(RetentionPolicy::Discard, gate); });
  EXPECT_EQ(log_.size(), 0u) << log_.last().message;
}

TEST_P(LateFrames, AnObjectOfAWorkerThatGoesOnIsDestroyedInItsNextFrame) {
  SmartAlloc alloc(config());
  Gate gate;
  std::binary_semaphore made{0}, again{0};
  alloc.begin_frame();
  std::thread worker([&] {
    (void)alloc.frame_new<Slow>(gate);
    made.release();
    again.acquire();
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
  });
  gate.inside.acquire();
  alloc.end_frame();
  gate.go.release();
  made.acquire();
  run_frames(alloc, 20);
  EXPECT_EQ(gate.alive.load(), 1) << "the worker may still use it";
  alloc.begin_frame();
  again.release();
  worker.join();
  EXPECT_EQ(gate.alive.load(), 0);
  alloc.end_frame();
  EXPECT_EQ(log_.size(), 0u) << log_.last().message;
}

TEST_P(LateFrames, AnObjectOfAWorkerThatTrimsIsDestroyedBeforeItsMemoryGoes) {
  SmartAlloc alloc(config());
  Gate gate;
  std::binary_semaphore made{0}, again{0};
  alloc.begin_frame();
  std::thread worker([&] {
    (void)alloc.frame_new<Slow>(gate);
    made.release();
    again.acquire();
    (void)alloc.trim();
    EXPECT_EQ(gate.alive.load(), 0);
  });
  gate.inside.acquire();
  alloc.end_frame();
  gate.go.release();
  made.acquire();
  run_frames(alloc, 20);
  again.release();
  worker.join();
  run_frames(alloc, 20);
  EXPECT_EQ(log_.size(), 0u) << log_.last().message;
}

TEST_P(LateFrames, AnotherThreadEndsTheFrameOfAThreadThatEnded) {
  SmartAlloc alloc(config());
  for (int round = 0; round < 3; ++round) {
    Gate gate;
    gate.go.release();
    std::thread([&] {
      run_frames(alloc, 3);
      alloc.begin_frame();
      (void)alloc.frame_new<Slow>(gate);
    }).join();
    EXPECT_EQ(gate.alive.load(), 1);
    (void)alloc.trim();
    alloc.end_frame();
    EXPECT_EQ(gate.alive.load(), 0);
    run_frames(alloc, 10);
  }
  EXPECT_EQ(log_.size(), 0u) << log_.last().message;
}

// Destructors that use the allocator, at the end of the frame and late.
struct Busy {
  Busy(SmartAlloc* allocator, int* count) : alloc(allocator), runs(count) {}
  SmartAlloc* alloc;
  int* runs;
  ~Busy() {
    ++*runs;
    (void)alloc->trim();
    EXPECT_EQ(alloc->frame_alloc<int>(), nullptr) << "between frames there is no frame memory";
    alloc->pool_free(alloc->pool_alloc<int>());
  }
};

TEST_P(LateFrames, DestructorsMayTrimAndAllocate) {
  SmartAlloc alloc(config());
  int runs = 0;
  for (int round = 0; round < 3; ++round) {
    alloc.begin_frame();
    for (int i = 0; i < 3; ++i) (void)alloc.frame_new<Busy>(&alloc, &runs);
    runs = 0;
    std::thread([&] { (void)alloc.frame_alloc<int>(); }).join();
    alloc.end_frame();
    EXPECT_EQ(runs, 3);
  }
  EXPECT_EQ(log_.count(Code::FA001), log_.size()) << log_.last().message;
}

std::size_t heap_bytes(SmartAlloc& alloc) { return alloc.stats().heap_allocated; }

TEST_P(LateFrames, BlocksThatStandInForFrameMemoryGoWithTheFrameOfAThreadThatEnded) {
  for (unsigned in_flight = 1; in_flight <= 2; ++in_flight) {
    AllocConfig wanted = config(in_flight);
    wanted.frame_arena_size = std::size_t{64} << 10;
    wanted.frame_overflow = FrameOverflow::HeapFallback;
    SmartAlloc alloc(wanted);
    const auto overflow = [&] {
      for (int i = 0; i < 10; ++i) {
        EXPECT_NE(alloc.frame_alloc_batch<char>(i % 2 == 0 ? std::size_t{1} << 20 : 70000),
                  nullptr);
      }
    };
    alloc.begin_frame();
    std::thread(overflow).join();
    // A worker that only rests gives its blocks back as well.
    std::binary_semaphore done{0}, leave{0};
    std::thread resting([&] {
      overflow();
      done.release();
      leave.acquire();
    });
    done.acquire();
    EXPECT_GT(heap_bytes(alloc), std::size_t{10} << 20);
    alloc.end_frame();
    run_frames(alloc, static_cast<int>(in_flight) - 1);
    EXPECT_EQ(heap_bytes(alloc), 0u);
    EXPECT_EQ(alloc.leak_report().total_bytes, 0u);
    leave.release();
    resting.join();
  }
}

TEST_P(LateFrames, ALateBlockThatStandsInGoesWithItsThread) {
  AllocConfig wanted = config();
  wanted.frame_arena_size = std::size_t{64} << 10;
  wanted.frame_overflow = FrameOverflow::HeapFallback;
  // The report of the overflow is met on the worker, in the middle of the call: there it waits.
  struct Waiter {
    Gate gate;
    std::thread::id of;
    static void handler(const Report& report, void* self) {
      auto& waiter = *static_cast<Waiter*>(self);
      if (report.code != Code::FA003 || std::this_thread::get_id() == waiter.of) return;
      waiter.gate.inside.release();
      waiter.gate.go.acquire();
    }
  } waiter;
  waiter.of = std::this_thread::get_id();
  SmartAlloc alloc(wanted.with_report_handler(&Waiter::handler, &waiter));
  alloc.begin_frame();
  std::thread worker([&] { (void)alloc.frame_alloc_batch<char>(std::size_t{1} << 20); });
  waiter.gate.inside.acquire();
  alloc.end_frame();
  waiter.gate.go.release();
  worker.join();
  EXPECT_EQ(heap_bytes(alloc), 0u);
}

INSTANTIATE_TEST_SUITE_P(, LateFrames,
                         ::testing::Values(GuardMode::Off, GuardMode::Poison, GuardMode::Pages),
                         [](const auto& tested) {
                           return tested.param == GuardMode::Off      ? "Off"
                                  : tested.param == GuardMode::Poison ? "Poison"
                                                                      : "Pages";
                         });

}  // namespace
}  // namespace framealloc
