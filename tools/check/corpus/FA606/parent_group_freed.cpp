// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Tree {
  int height = 0;
};
int run(fa::SmartAlloc& alloc) {
  fa::GroupAllocator& groups = alloc.groups();
  const fa::GroupId level = groups.create_group("level");
  const fa::GroupId trees = groups.create_child(level, "trees");
  Tree* tree = groups.make<Tree>(trees);
  groups.free_group(level);
  return tree->height;  // expect: FA606
}
