// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
int collect(fa::SmartAlloc& alloc, const int* input, std::size_t n) {
  auto kept = alloc.frame_vec<int>();
  for (std::size_t i = 0; i < n; ++i) {
    const auto scope = alloc.frame_scope();
    int* work = alloc.frame_alloc_batch<int>(64);
    for (int k = 0; k < 64; ++k) work[k] = input[i] * k;
    kept.push_back(work[63]);  // expect: FA606
  }
  return kept.empty() ? 0 : kept.back();
}
