// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

class Engine {
 public:
  explicit Engine(fa::SmartAlloc& alloc) : alloc_(alloc), barrier_(2) {
    alloc_.set_frame_barrier(&barrier_);
  }
  void start() {
    physics_ = std::thread([this] {
      barrier_.register_thread("physics");
      while (running_) {
        auto* impulse = alloc_.frame_alloc<float>();
        *impulse = 1;
        barrier_.signal_frame_complete();
      }
    });
    audio_ = std::thread([this] { mix(); });  // expect: FA202
  }
  void stop() {
    running_ = false;
    physics_.join();
    audio_.join();
  }

 private:
  void mix() {
    for (int i = 0; i < 1000; ++i) {
      if (!running_) return;
      float* samples = alloc_.frame_alloc_batch<float>(512);
      samples[0] = 0;
    }
  }
  fa::SmartAlloc& alloc_;
  fa::FrameBarrier barrier_;
  std::atomic<bool> running_{true};
  std::thread physics_;
  std::thread audio_;
};
void use(Engine& engine) {
  engine.start();
  engine.stop();
}
