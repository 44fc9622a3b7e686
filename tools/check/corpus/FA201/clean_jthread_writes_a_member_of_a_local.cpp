// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

struct Result {
  int* values = nullptr;
};
int compute(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Result result;
  result.values = alloc.frame_alloc_batch<int>(4);
  {
    const std::jthread worker([&result] { result.values[0] = 1; });
  }
  return result.values[0];
}
