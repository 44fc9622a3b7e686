// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <tuple>
#include <utility>

namespace fa = framealloc;

std::pair<std::span<int>, bool> visible(fa::SmartAlloc& alloc, int count) {
  auto list = alloc.frame_slice<int>(static_cast<std::size_t>(count));
  return {list.span(), count > 0};
}
std::tuple<int, const int*> nearest(fa::SmartAlloc& alloc) { return {1, alloc.frame_new<int>(2)}; }
class View {
 public:
  void look(fa::SmartAlloc& alloc) {
    std::tie(list_, any_) = visible(alloc, 4);  // expect: FA601
  }
  void seek(fa::SmartAlloc& alloc) {
    std::tie(distance_, target_) = nearest(alloc);  // expect: FA601
  }
  int distance() const { return any_ && target_ != nullptr ? distance_ + list_[0] : 0; }

 private:
  std::span<int> list_;
  bool any_ = false;
  int distance_ = 0;
  const int* target_ = nullptr;
};
int both(fa::SmartAlloc& alloc) {
  const int* near = nullptr;
  int count = 0;
  alloc.begin_frame();
  std::tie(count, near) = nearest(alloc);
  alloc.end_frame();
  return *near + count;  // expect: FA606
}
int swapped(fa::SmartAlloc& alloc, int* a) {
  alloc.begin_frame();
  const int* b = alloc.frame_new<int>(2);
  const int* c = a;
  std::tie(b, c) = std::make_pair(c, b);
  alloc.end_frame();
  return *b + *c;  // expect: FA606
}
