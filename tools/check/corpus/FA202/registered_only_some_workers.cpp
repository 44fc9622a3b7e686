// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

void worker(fa::SmartAlloc& alloc, fa::FrameBarrier& barrier) {
  auto scratch = alloc.frame_slice<int>(16);
  scratch[0] = 1;
  barrier.signal_frame_complete();
}
void logger(fa::SmartAlloc& alloc) {
  auto text = alloc.frame_string(16);
  text.append("tick");
}
void frame(fa::SmartAlloc& alloc) {
  fa::FrameBarrier barrier(2);
  alloc.begin_frame();
  std::thread first(worker, std::ref(alloc), std::ref(barrier));
  std::thread second(logger, std::ref(alloc));  // expect: FA202
  barrier.signal_frame_complete();
  barrier.wait_all();
  alloc.end_frame();
  first.join();
  second.join();
}
