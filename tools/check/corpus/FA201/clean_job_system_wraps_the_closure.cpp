// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

class Jobs {
 public:
  template <class Work>
  void kick(Work work) {
    workers_.emplace_back([this, work = std::move(work)] {
      work();
      done_ = true;
    });
  }
  void wait() {
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }

 private:
  std::vector<std::thread> workers_;
  bool done_ = false;
};
void animate(fa::SmartAlloc& alloc, Jobs& jobs) {
  alloc.begin_frame();
  auto pose = alloc.frame_slice<float>(32);
  jobs.kick([data = pose.data()] { data[0] = 1.0F; });
  jobs.wait();
  alloc.end_frame();
}
