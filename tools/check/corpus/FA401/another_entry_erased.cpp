// SPDX-License-Identifier: MIT OR Apache-2.0
// The entry that is erased is not the one whose handle was freed.
#include <framealloc/framealloc.hpp>

#include <unordered_map>

namespace fa = framealloc;

struct Actor {
  int health = 1;
};
class Actors {
 public:
  explicit Actors(fa::SmartAlloc& alloc) : store_(alloc.handles()) {}
  void spawn(int id) { by_id_[id] = store_.alloc<Actor>(); }
  int replace(int id, int other) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return 0;
    store_.free(found->second);
    by_id_.erase(other);
    return store_.resolve(by_id_[id])->health;  // expect: FA401
  }

 private:
  fa::HandleAllocator& store_;
  std::unordered_map<int, fa::Handle<Actor>> by_id_;
};
int play(fa::SmartAlloc& alloc) {
  Actors actors(alloc);
  actors.spawn(1);
  actors.spawn(2);
  return actors.replace(1, 2);
}
int restart(fa::HandleAllocator& store) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[1] = store.alloc<Actor>();
  by_id[2] = store.alloc<Actor>();
  for (const auto& [id, actor] : by_id) store.free(actor);
  by_id.erase(1);
  return store.resolve(by_id[2])->health;  // expect: FA401
}
