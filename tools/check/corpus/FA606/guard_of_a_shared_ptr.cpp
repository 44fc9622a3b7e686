// SPDX-License-Identifier: MIT OR Apache-2.0
// The deleter of a shared_ptr to nothing ends the frame at the end of the block.
#include <framealloc/framealloc.hpp>
#include <memory>
namespace fa = framealloc;
int count(fa::SmartAlloc& alloc) {
  int* numbers = nullptr;
  {
    alloc.begin_frame();
    const std::shared_ptr<void> over(nullptr, [&alloc](void*) { alloc.end_frame(); });
    numbers = alloc.frame_alloc_batch<int>(8);
    numbers[0] = 4;
  }
  return numbers[0];  // expect: FA606
}
