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
    by_id_.erase(found);
  }
  int health(int id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? 0 : store_.resolve(found->second)->health;
  }

 private:
  fa::HandleAllocator& store_;
  std::unordered_map<int, fa::Handle<Actor>> by_id_;
};
int play(Actors& actors) {
  actors.spawn(1);
  int sum = actors.health(1);
  actors.kill(1);
  sum += actors.health(1);
  actors.spawn(1);
  return sum + actors.health(1);
}
