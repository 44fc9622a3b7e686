// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <vector>

namespace fa = framealloc;

void use(int value);
void prepare(fa::SmartAlloc& alloc, std::function<void()>& out,
             std::vector<std::function<void()>>& more) {
  int* cell = alloc.frame_new<int>(1);
  out = [cell] { use(*cell); };
  more.push_back([cell] { use(*cell + 1); });
}
