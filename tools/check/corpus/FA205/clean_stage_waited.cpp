// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

void fill(int* at);
class Stage {
 public:
  explicit Stage(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void kick() {
    for (int i = 0; i < 3; ++i)
      workers_.emplace_back([this] { fill(alloc_.frame_alloc_batch<int>(32)); });
  }
  void wait() {
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<std::thread> workers_;
};
void frame(fa::SmartAlloc& alloc) {
  Stage stage(alloc);
  alloc.begin_frame();
  stage.kick();
  stage.wait();
  alloc.end_frame();
}
