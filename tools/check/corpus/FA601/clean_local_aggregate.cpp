// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Batch {
  int* ids = nullptr;
  std::vector<int*> all;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Batch batch;
  batch.ids = alloc.frame_alloc<int>();
  *batch.ids = 1;
  batch.all.push_back(batch.ids);
  return *batch.all.front();
}
