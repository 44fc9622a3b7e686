// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  std::jthread worker([&arena] { *arena.alloc<int>() = 1; });  // expect: FA201
}
