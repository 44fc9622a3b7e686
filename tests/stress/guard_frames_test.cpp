// SPDX-License-Identifier: MIT OR Apache-2.0
// Guard modes beside threads that do nothing wrong: workers that rest for many frames, that come
// and go, that are in the middle of an allocation or a constructor when their frame ends, and
// others that trim meanwhile. Nobody uses memory that is over, so nothing may be reported, and
// nothing may fault or be lost.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

#if FRAMEALLOC_TSAN || FRAMEALLOC_ASAN
constexpr int kFrames = 200;
#else
constexpr int kFrames = 400;
#endif
constexpr int kServants = 3;  // work in some frames, for as long as the driver waits for them
constexpr int kStrays = 2;    // allocate whenever they like

struct Reports {
  std::atomic<int> wrong{0};
  std::mutex lock;
  std::string latest;
  static void handler(const Report& report, void* self) {
    if (report.code == Code::FA001) return;  // a stray between two frames
    auto& reports = *static_cast<Reports*>(self);
    reports.wrong.fetch_add(1);
    const std::lock_guard guard(reports.lock);
    reports.latest = report.message;
  }
};

std::atomic<int> owned_alive{0};

struct Owned {
  std::unique_ptr<int> value = std::make_unique<int>(7);
  explicit Owned(bool slow) {
    owned_alive.fetch_add(1);
    if (slow) std::this_thread::yield();
    *value = 8;
  }
  ~Owned() {
    EXPECT_EQ(*value, 8);
    owned_alive.fetch_sub(1);
  }
};

// One piece of work inside an open frame. Earlier pieces are looked at while they are valid.
class Work {
 public:
  Work(SmartAlloc& alloc, unsigned in_flight) : alloc_(alloc), in_flight_(in_flight) {}

  void run(int frame, unsigned seed) {
    while (!kept_.empty() && kept_.front().frame + in_flight_ <= static_cast<unsigned>(frame)) {
      kept_.pop_front();
    }
    for (const Piece& piece : kept_) check(piece);
    for (unsigned i = 0; i < 4; ++i) {
      const std::size_t size = (seed + i) % 7 == 0 ? 40000 : 24 + (seed * 37 + i * 11) % 500;
      auto* const bytes = alloc_.frame_alloc_batch<unsigned char>(size);
      ASSERT_NE(bytes, nullptr);
      const auto fill = static_cast<unsigned char>(seed + i);
      std::memset(bytes, fill, size);
      kept_.push_back({bytes, size, fill, static_cast<unsigned>(frame)});
      const FrameScope scope = alloc_.frame_scope();
      auto* const brief = alloc_.frame_alloc_batch<unsigned char>(size / 2 + 1);
      ASSERT_NE(brief, nullptr);
      std::memset(brief, 1, size / 2 + 1);
      (void)alloc_.frame_new<Owned>(false);
    }
    (void)alloc_.frame_new<Owned>(seed % 2 == 0);
    for (const Piece& piece : kept_) check(piece);
  }

 private:
  struct Piece {
    const unsigned char* bytes;
    std::size_t size;
    unsigned char fill;
    unsigned frame;
  };
  static void check(const Piece& piece) {
    EXPECT_EQ(piece.bytes[0], piece.fill);
    EXPECT_EQ(std::memcmp(piece.bytes, piece.bytes + 1, piece.size - 1), 0);
  }

  SmartAlloc& alloc_;
  unsigned in_flight_;
  std::deque<Piece> kept_;
};

class GuardFrames : public ::testing::TestWithParam<GuardMode> {};

void run(GuardMode mode, unsigned in_flight) {
  Reports reports;
  SmartAlloc alloc(AllocConfig::minimal()
                       .with_guard(mode)
                       .with_guard_frames(2)
                       .with_frames_in_flight(in_flight)
                       .with_report_handler(&Reports::handler, &reports));
  std::atomic<bool> stop{false};
  std::atomic<int> open_frame{0};  // what servants work for; 0 while none is
  std::atomic<int> at_work{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < kServants; ++w) {
    threads.emplace_back([&, w] {
      Work work(alloc, in_flight);
      int last = 0;
      while (!stop.load(std::memory_order_acquire)) {
        const int frame = open_frame.load(std::memory_order_acquire);
        if (frame == 0 || frame == last) {
          std::this_thread::yield();
          continue;
        }
        last = frame;
        // Each rests for longer than memory stays inaccessible, at other times than the others.
        if ((frame / 12 + w) % 3 == 0) work.run(frame, static_cast<unsigned>(frame * 5 + w));
        at_work.fetch_sub(1, std::memory_order_release);
      }
    });
  }
  for (int w = 0; w < kStrays; ++w) {
    threads.emplace_back([&, w] {
      // It may be late for every frame, so it writes to memory in constructors only.
      for (unsigned i = 0; !stop.load(std::memory_order_relaxed); ++i) {
        (void)alloc.frame_alloc<char[100]>();
        if (i % 8 == 0) (void)alloc.frame_new<Owned>(i % 16 == 0);
        if (i % 16 == static_cast<unsigned>(w)) {
          const FrameScope scope = alloc.frame_scope();
          (void)alloc.frame_alloc_layout(30000, 64);
        }
        if (i % 512 == 0) std::this_thread::yield();
      }
    });
  }
  threads.emplace_back([&] {
    while (!stop.load(std::memory_order_relaxed)) {
      (void)alloc.trim();
      std::this_thread::yield();
    }
  });

  Work mine(alloc, in_flight);
  for (int frame = 1; frame <= kFrames; ++frame) {
    alloc.begin_frame();
    at_work.store(kServants, std::memory_order_relaxed);
    open_frame.store(frame, std::memory_order_release);
    if (frame % 3 != 0) mine.run(frame, static_cast<unsigned>(frame));
    if (frame % 8 == 0) {
      // A job thread, which ends inside the frame that its destructors wait for.
      std::thread([&] { Work(alloc, in_flight).run(frame, static_cast<unsigned>(frame)); }).join();
    }
    while (at_work.load(std::memory_order_acquire) != 0) std::this_thread::yield();
    open_frame.store(0, std::memory_order_relaxed);
    alloc.end_frame();
    if (frame % 5 == 0) (void)alloc.trim();
  }
  stop.store(true, std::memory_order_release);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(reports.wrong.load(), 0) << reports.latest;
}

TEST_P(GuardFrames, WorkersRestComeAndGo) {
  for (unsigned in_flight = 1; in_flight <= 4; ++in_flight) {
    SCOPED_TRACE(in_flight);
    run(GetParam(), in_flight);
    EXPECT_EQ(owned_alive.load(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(, GuardFrames, ::testing::Values(GuardMode::Poison, GuardMode::Pages),
                         [](const auto& tested) {
                           return tested.param == GuardMode::Pages ? "Pages" : "Poison";
                         });

}  // namespace
}  // namespace framealloc
