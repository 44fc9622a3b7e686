// SPDX-License-Identifier: MIT OR Apache-2.0
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
  void kill(int id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    store_.free(found->second);
  }
  int health(int id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return 0;
    return store_.resolve(found->second)->health;  // expect: FA401
  }

 private:
  fa::HandleAllocator& store_;
  std::unordered_map<int, fa::Handle<Actor>> by_id_;
};
int play(Actors& actors) {
  actors.spawn(1);
  actors.kill(1);
  return actors.health(1);
}
