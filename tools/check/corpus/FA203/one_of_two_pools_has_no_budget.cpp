// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

class Pool {
 public:
  explicit Pool(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void start() {
    threads_.emplace_back([this] {
      alloc_.set_thread_frame_budget(4096);
      work();
    });
    threads_.emplace_back([this] { work(); });  // expect: FA203
  }
  void stop() {
    for (auto& thread : threads_) thread.join();
  }

 private:
  void work() {
    const auto frame = alloc_.scoped_frame();
    auto cells = alloc_.frame_slice<int>(8);
    cells[0] = 1;
  }
  fa::SmartAlloc& alloc_;
  std::vector<std::thread> threads_;
};
void use(Pool& pool) {
  pool.start();
  pool.stop();
}
