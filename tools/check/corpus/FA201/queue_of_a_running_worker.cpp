// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace fa = framealloc;

class Queue {
 public:
  Queue() : worker_([this] { drain(); }) {}
  void push(int* item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(item);
  }

 private:
  void drain() {
    const std::lock_guard lock(mutex_);
    for (int* item : items_) *item = 0;
  }
  std::mutex mutex_;
  std::vector<int*> items_;
  std::jthread worker_;
};
void run(fa::SmartAlloc& alloc, Queue& queue) {
  const auto frame = alloc.scoped_frame();
  int* cell = alloc.frame_alloc<int>();
  *cell = 1;
  queue.push(cell);  // expect: FA201
}
