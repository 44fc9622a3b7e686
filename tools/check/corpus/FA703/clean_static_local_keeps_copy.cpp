// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <functional>
#include <vector>

namespace fa = framealloc;

void keep_for_later(fa::SmartAlloc& alloc) {
  static std::vector<std::function<void()>> later;
  const auto frame = alloc.scoped_frame();
  int* score = alloc.frame_new<int>(7);
  later.push_back([value = *score] { std::printf("%d\n", value); });
}
