// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

std::atomic<bool> g_stop{false};

int main() {
  fa::SmartAlloc alloc;
  fa::FrameBarrier begun(1);
  fa::FrameBarrier done(1);
  std::thread worker([&] {
    for (fa::BarrierTicket frame{0};; ++frame.phase) {
      begun.wait(frame);
      if (g_stop) return;
      int* cells = alloc.frame_alloc_batch<int>(16);
      if (cells != nullptr) cells[0] = 1;
      done.signal_frame_complete();
    }
  });
  for (int i = 0; i < 100; ++i) {
    alloc.begin_frame();
    begun.signal_frame_complete();
    done.wait_all();
    alloc.end_frame();
  }
  g_stop = true;
  begun.signal_frame_complete();
  worker.join();
}
