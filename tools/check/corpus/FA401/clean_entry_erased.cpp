// SPDX-License-Identifier: MIT OR Apache-2.0
// The entry that is erased is the one whose handle was freed, by whatever it is named.
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

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
    by_id_.erase(id);
  }
  void kill_first_of(int wanted) {
    for (const auto& [id, actor] : by_id_) {
      if (id != wanted) continue;
      store_.free(actor);
      break;
    }
    by_id_.erase(wanted);
  }
  void drop(fa::Handle<Actor> actor, int id) {
    store_.free(actor);
    by_id_.erase(id);
  }
  void drop_next(int id) {
    auto next = by_id_.find(id);
    if (next == by_id_.end()) return;
    const fa::Handle<Actor> actor = next->second;
    store_.free(actor);
    const auto erased = next;
    by_id_.erase(erased);
  }
  int health(int id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? 0 : store_.resolve(found->second)->health;
  }
  fa::Handle<Actor> at(int id) { return by_id_[id]; }

 private:
  fa::HandleAllocator& store_;
  std::unordered_map<int, fa::Handle<Actor>> by_id_;
};
int play(Actors& actors) {
  actors.spawn(1);
  actors.kill(1);
  int sum = actors.health(1);
  actors.spawn(1);
  actors.kill_first_of(1);
  sum += actors.health(1);
  actors.spawn(2);
  actors.drop(actors.at(2), 2);
  sum += actors.health(2);
  actors.spawn(3);
  actors.drop_next(3);
  return sum + actors.health(3);
}
int weakest(fa::HandleAllocator& store) {
  std::map<int, fa::Handle<Actor>> by_id;
  by_id[1] = store.alloc<Actor>();
  by_id[2] = store.alloc<Actor>();
  const auto weak = std::min_element(by_id.begin(), by_id.end(), [&](const auto& a, const auto& b) {
    return store.resolve(a.second)->health < store.resolve(b.second)->health;
  });
  store.free(weak->second);
  const int id = weak->first;
  by_id.erase(id);
  int sum = 0;
  for (const auto& [key, actor] : by_id) sum += store.resolve(actor)->health + key;
  return sum;
}
