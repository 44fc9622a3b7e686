// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier = fa::FrameBarrier::builder().with_thread("audio").with_count(2).build();
  alloc.begin_frame();
  std::thread audio([&] {
    barrier.register_thread("audio");
    *alloc.frame_alloc<int>() = 1;
    barrier.signal_frame_complete("audio");
  });
  barrier.signal_frame_complete();
  barrier.wait_all();
  alloc.end_frame();
  audio.join();
}
