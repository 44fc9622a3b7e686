// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

int main() {
  fa::SmartAlloc alloc;
  fa::FrameBarrier begun(4);
  fa::FrameBarrier done(4);
  std::vector<std::thread> crew;
  for (int i = 0; i < 3; ++i) {
    crew.emplace_back([&, i] {
      for (int frame = 0; frame < 100; ++frame) {
        begun.arrive_and_wait();
        int* cells = alloc.frame_alloc_batch<int>(16);
        if (cells != nullptr) cells[0] = i;
        done.arrive_and_wait();
      }
    });
  }
  for (int frame = 0; frame < 100; ++frame) {
    alloc.begin_frame();
    begun.arrive_and_wait();
    done.arrive_and_wait();
    alloc.end_frame();
  }
  for (std::thread& each : crew) each.join();
}
