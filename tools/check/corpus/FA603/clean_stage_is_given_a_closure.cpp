// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
template <class Work>
void in_a_frame(fa::SmartAlloc& alloc, Work&& work) {
  alloc.begin_frame();
  work();
  alloc.end_frame();
}
int main() {
  fa::SmartAlloc alloc;
  int sum = 0;
  while (running()) {
    in_a_frame(alloc, [&] { sum += *alloc.frame_new<int>(1); });
  }
  return sum;
}
