// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Room {
  int doors = 2;
};
int run(fa::SmartAlloc& alloc) {
  Room* lobby = nullptr;
  {
    fa::GroupHandle level = alloc.groups().group("level");
    lobby = level.make<Room>();
    if (lobby == nullptr) return 0;
  }
  return lobby->doors;  // expect: FA606
}
