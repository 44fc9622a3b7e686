// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

template <class T, std::size_t N>
class FixedList {
 public:
  void push(T* item) { items_[size_++] = item; }
  T* top() const { return items_[size_ - 1]; }
  bool empty() const { return size_ == 0; }

 private:
  T* items_[N] = {};
  std::size_t size_ = 0;
};
int run(fa::SmartAlloc& alloc) {
  FixedList<int, 8> stack;
  alloc.begin_frame();
  stack.push(alloc.frame_new<int>(5));
  alloc.end_frame();
  return stack.empty() ? 0 : *stack.top();  // expect: FA606
}
