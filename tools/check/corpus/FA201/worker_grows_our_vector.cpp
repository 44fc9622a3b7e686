// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>();
  std::thread worker([&found] { found.push_back(1); });  // expect: FA201
  worker.join();
}
