// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps a frame from ending in the middle of a transfer call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace framealloc::coordinator::detail {

// Any number of calls may be inside; the thread that ends a frame waits until none is, and lets new
// ones wait until it is done. A shared mutex would do, but that of glibc lets calls that keep
// coming hold the end of the frame up without bound.
class FrameGate {
 public:
  // Inside while it lives.
  class Pass {
   public:
    explicit Pass(FrameGate& gate) noexcept : gate_(gate), entered_from_(in_) {
      if (entered_from_ == &gate) return;
      in_ = &gate;
      std::unique_lock held(gate_.mutex_);
      gate_.changed_.wait(held, [this] { return !gate_.closed_; });
      ++gate_.inside_;
    }
    ~Pass() {
      if (entered_from_ == &gate_) return;
      in_ = entered_from_;
      const std::lock_guard held(gate_.mutex_);
      if (--gate_.inside_ == 0 && gate_.closed_) gate_.changed_.notify_all();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

   private:
    FrameGate& gate_;
    const FrameGate* entered_from_;  // in which the thread was
  };
  // No thread is inside while it lives. One at a time.
  class Closing {
   public:
    // Requirement: the thread has no Pass.
    explicit Closing(FrameGate& gate) noexcept : gate_(gate), entered_from_(in_) {
      in_ = &gate;
      std::unique_lock held(gate_.mutex_);
      gate_.closed_ = true;
      gate_.changed_.wait(held, [this] { return gate_.inside_ == 0; });
    }
    ~Closing() {
      in_ = entered_from_;
      const std::lock_guard held(gate_.mutex_);
      gate_.closed_ = false;
      gate_.changed_.notify_all();
    }
    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;

   private:
    FrameGate& gate_;
    const FrameGate* entered_from_;
  };

 private:
  static inline thread_local const FrameGate* in_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace framealloc::coordinator::detail
