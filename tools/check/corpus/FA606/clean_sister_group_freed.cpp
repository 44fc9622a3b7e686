// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Tree {
  int height = 0;
};
int run(fa::SmartAlloc& alloc) {
  fa::GroupAllocator& groups = alloc.groups();
  const fa::GroupId oaks = groups.create_group("oaks");
  const fa::GroupId firs = groups.create_group("firs");
  Tree* oak = groups.make<Tree>(oaks);
  groups.free_group(firs);
  return oak->height;
}
