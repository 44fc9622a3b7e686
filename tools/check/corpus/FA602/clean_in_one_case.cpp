// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

enum class Kind { Move, Spawn };
int run(fa::SmartAlloc& alloc, const std::vector<Kind>& events) {
  const auto frame = alloc.scoped_frame();
  int spawned = 0;
  for (const Kind kind : events) {
    switch (kind) {
      case Kind::Move:
        break;
      case Kind::Spawn:
        *alloc.frame_alloc<int>() = ++spawned;
        break;
    }
  }
  return spawned;
}
