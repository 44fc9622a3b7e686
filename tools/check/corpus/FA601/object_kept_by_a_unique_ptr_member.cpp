// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>

namespace fa = framealloc;

struct Batch {
  std::span<const int> indices;
};
class Queue {
 public:
  Queue() : current_(std::make_unique<Batch>()) {}
  void submit(fa::SmartAlloc& alloc, int count) {
    const auto indices = alloc.frame_slice<int>(static_cast<std::size_t>(count));
    current_->indices = indices;  // expect: FA601
  }
  std::size_t pending() const { return current_->indices.size(); }

 private:
  std::unique_ptr<Batch> current_;
};
std::size_t use(Queue& queue, fa::SmartAlloc& alloc) {
  queue.submit(alloc, 4);
  return queue.pending();
}
