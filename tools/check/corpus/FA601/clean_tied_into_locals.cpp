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
  int look(fa::SmartAlloc& alloc) {
    alloc.begin_frame();
    std::span<int> list;
    std::tie(list, any_) = visible(alloc, 4);
    const int first = list[0];
    std::tie(distance_, std::ignore) = nearest(alloc);
    alloc.end_frame();
    return first;
  }
  int distance() const { return any_ ? distance_ : 0; }

 private:
  bool any_ = false;
  int distance_ = 0;
};
int both(fa::SmartAlloc& alloc) {
  const int* near = nullptr;
  int count = 0;
  alloc.begin_frame();
  std::tie(count, near) = nearest(alloc);
  count += *near;
  std::tie(count, near) = std::make_tuple(count, nullptr);
  alloc.end_frame();
  return near == nullptr ? count : 0;
}
int swapped(fa::SmartAlloc& alloc, int* a) {
  alloc.begin_frame();
  const int* b = alloc.frame_new<int>(2);
  const int* c = a;
  std::tie(b, c) = std::make_pair(c, b);
  const int number = *c;
  alloc.end_frame();
  return *b + number;
}
