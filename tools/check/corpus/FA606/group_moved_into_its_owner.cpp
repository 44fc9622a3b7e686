// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Door {
  int key = 0;
};
int run(fa::SmartAlloc& alloc) {
  fa::GroupHandle first = alloc.groups().group("first");
  Door* door = first.make<Door>();
  {
    const fa::GroupHandle second = std::move(first);
    door->key = 1;
  }
  return door->key;  // expect: FA606
}
