// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <future>

namespace fa = framealloc;

class Frame {
 public:
  explicit Frame(fa::SmartAlloc& alloc) : alloc_(alloc), barrier_(1) {}
  void run() {
    alloc_.begin_frame();
    auto audio = std::async(std::launch::async, [this] { mix(); });  // expect: FA202
    barrier_.arrive_and_wait();
    alloc_.end_frame();
    audio.get();
  }

 private:
  void mix() {
    float* samples = alloc_.frame_alloc_batch<float>(256);
    if (samples != nullptr) samples[0] = 0;
  }
  fa::SmartAlloc& alloc_;
  fa::FrameBarrier barrier_;
};
void use(Frame& frame) { frame.run(); }
