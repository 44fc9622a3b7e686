// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <thread>

namespace fa = framealloc;

class Simulation {
 public:
  void frame() {
    alloc_.begin_frame();
    start();
    local_ += 1;
    stop();
    alloc_.end_frame();
  }

 private:
  void start() {
    bodies_ = alloc_.frame_slice<int>(64);
    thread_ = std::thread([this] {
      for (int& body : bodies_) ++body;
    });
  }
  void stop() {
    thread_.join();
    bodies_ = {};
  }
  fa::SmartAlloc alloc_;
  std::span<int> bodies_;
  std::thread thread_;
  int local_ = 0;
};
void use(Simulation& simulation) { simulation.frame(); }
