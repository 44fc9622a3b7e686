// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

class Engine {
 public:
  void frame() {
    alloc_.begin_frame();
    std::thread helper([this] { *alloc_.frame_alloc<int>() = 1; });  // expect: FA202
    barrier_.signal_frame_complete();
    barrier_.wait_all();
    alloc_.end_frame();
    helper.join();
  }

 private:
  fa::SmartAlloc alloc_;
  fa::FrameBarrier barrier_{1};
};
