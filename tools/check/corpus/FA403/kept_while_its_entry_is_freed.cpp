// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <unordered_map>

namespace fa = framealloc;

struct Actor {
  int health = 1;
};

int same(fa::HandleAllocator& store, int a, int b) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[a] = store.alloc<Actor>();
  by_id[b] = store.alloc<Actor>();
  const Actor* kept = store.resolve(by_id[a]);
  store.free(by_id[a]);
  return kept->health;  // expect: FA403
}
