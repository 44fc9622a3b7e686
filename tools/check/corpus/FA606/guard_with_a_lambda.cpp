// SPDX-License-Identifier: MIT OR Apache-2.0
// The class of the deleter is a lambda's; assigning null runs it.
#include <framealloc/framealloc.hpp>
#include <memory>
namespace fa = framealloc;
int run(fa::SmartAlloc& alloc, bool early) {
  alloc.begin_frame();
  auto close = [](fa::SmartAlloc* of) { of->end_frame(); };
  std::unique_ptr<fa::SmartAlloc, decltype(close)> frame(&alloc, close);
  int* number = alloc.frame_new<int>(3);
  if (early) frame = nullptr;
  *number += 1;  // expect: FA606
  return 0;
}
