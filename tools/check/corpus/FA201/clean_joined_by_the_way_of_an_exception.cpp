// SPDX-License-Identifier: MIT OR Apache-2.0
// The thread in the try block is joined there, on the way of an exception too.
#include <exception>
#include <framealloc/framealloc.hpp>
#include <thread>
namespace fa = framealloc;
void decode(int* samples);
void check(int size);
int play(fa::SmartAlloc& alloc, int size) {
  alloc.begin_frame();
  int* samples = alloc.frame_alloc_batch<int>(64);
  int result = 0;
  try {
    std::jthread worker([samples] { decode(samples); });
    check(size);
  } catch (const std::exception&) {
    result = -1;
  }
  if (result == 0) result = samples[0];
  alloc.end_frame();
  return result;
}
