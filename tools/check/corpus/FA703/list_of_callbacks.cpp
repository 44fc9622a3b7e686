// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <vector>

namespace fa = framealloc;

std::vector<std::function<void()>> g_callbacks;
void use(int value);
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto cells = alloc.frame_slice<int>(4);
  g_callbacks.push_back([cells] { use(cells[0]); });  // expect: FA703
}
