// SPDX-License-Identifier: MIT OR Apache-2.0
// The entry that is resolved is the one that was freed, found anew.
#include <framealloc/framealloc.hpp>

#include <unordered_map>

namespace fa = framealloc;

struct Actor {
  int health = 1;
};

int numbered(fa::HandleAllocator& store) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[1] = store.alloc<Actor>();
  by_id[2] = store.alloc<Actor>();
  store.free(by_id[1]);
  return store.resolve(by_id[1])->health;  // expect: FA401
}
int found(fa::HandleAllocator& store, int a, int b) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[a] = store.alloc<Actor>();
  by_id[b] = store.alloc<Actor>();
  const auto first = by_id.find(a);
  store.free(first->second);
  const int key = a;
  const auto again = by_id.find(key);
  return store.resolve(again->second)->health;  // expect: FA401
}
