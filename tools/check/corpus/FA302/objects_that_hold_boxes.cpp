// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Entity {
  int id = 0;
  fa::HeapBox<int> state;
};
std::vector<Entity> g_entities;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("ui", 1024, 2048); }
void spawn(fa::SmartAlloc& alloc, int id) {
  const auto tag = alloc.tag_scope("entities");  // expect: FA302
  g_entities.push_back(Entity{id, alloc.heap_box<int>(1)});
}
