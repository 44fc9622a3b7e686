// SPDX-License-Identifier: MIT OR Apache-2.0
// What a loop has freed in each turn is stale in the same turn and behind the loop.
#include <framealloc/framealloc.hpp>

#include <array>
#include <unordered_map>

namespace fa = framealloc;

struct Actor {
  int health = 1;
};

int torn_down(fa::HandleAllocator& store, int a, int b) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[a] = store.alloc<Actor>();
  by_id[b] = store.alloc<Actor>();
  int sum = 0;
  for (auto& [id, actor] : by_id) store.free(actor);
  for (auto& [id, actor] : by_id) sum += store.resolve(actor)->health;  // expect: FA401
  return sum;
}
int row(fa::HandleAllocator& store) {
  std::array<fa::Handle<Actor>, 4> row;
  for (auto& each : row) each = store.alloc<Actor>();
  int sum = 0;
  for (auto& each : row) {
    store.free(each);
    sum += store.resolve(each)->health;  // expect: FA401
  }
  return sum;
}
