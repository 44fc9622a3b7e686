// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto counts = alloc.frame_map<int, int>(8);
  {
    std::jthread worker([&counts] {  // expect: FA201
      for (int i = 0; i < 100; ++i) counts.insert(i, i);
    });
  }
  return static_cast<int>(counts.size());
}
