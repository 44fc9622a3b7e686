// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

std::function<std::size_t()> g_remaining;
void run(fa::SmartAlloc& alloc) {
  g_remaining = [alloc] { return alloc.frame_remaining(); };
}
