// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

class Engine {
 public:
  void frame(bool wait) {
    alloc_.begin_frame();
    worker_ = std::thread([this] {
      int* cell = alloc_.frame_new<int>(1);
      ++*cell;
    });
    if (wait) worker_.join();
    alloc_.end_frame();  // expect: FA205
    if (worker_.joinable()) worker_.join();
  }

 private:
  fa::SmartAlloc alloc_;
  std::thread worker_;
};
void use(Engine& engine) { engine.frame(false); }
