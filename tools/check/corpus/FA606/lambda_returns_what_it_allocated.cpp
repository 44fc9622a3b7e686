// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto in_frame = [&alloc](auto&& work) {
    const auto frame = alloc.scoped_frame();
    return work(alloc);
  };
  int* value = in_frame([](fa::SmartAlloc& a) { return a.frame_new<int>(9); });
  return *value;  // expect: FA606
}
