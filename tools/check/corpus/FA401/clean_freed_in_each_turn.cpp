// SPDX-License-Identifier: MIT OR Apache-2.0
// Each turn frees the handle of another element; what a turn frees is no other turn's.
#include <framealloc/framealloc.hpp>

#include <array>
#include <unordered_map>
#include <vector>

namespace fa = framealloc;

struct Actor {
  int health = 1;
};

int teardown(fa::HandleAllocator& store, int a, int b) {
  std::unordered_map<int, fa::Handle<Actor>> by_id;
  by_id[a] = store.alloc<Actor>();
  by_id[b] = store.alloc<Actor>();
  int sum = 0;
  for (auto& [id, actor] : by_id) {
    const Actor* here = store.resolve(actor);
    sum += here->health;
    store.free(actor);
  }
  return sum;
}
int indexed(fa::HandleAllocator& store) {
  std::vector<fa::Handle<Actor>> row(4);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = store.alloc<Actor>();
  int sum = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    sum += store.resolve(row[i])->health;
    store.free(row[i]);
  }
  return sum;
}
class World {
 public:
  explicit World(fa::HandleAllocator& store) : store_(store) {}
  void spawn(int id) { by_id_[id] = store_.alloc<Actor>(); }
  void sweep() {
    std::vector<int> dead;
    for (const auto& [id, actor] : by_id_)
      if (store_.resolve(actor)->health <= 0) {
        store_.free(actor);
        dead.push_back(id);
      }
    for (const int id : dead) by_id_.erase(id);
  }
  int sum() {
    int total = 0;
    for (const auto& [id, actor] : by_id_) total += store_.resolve(actor)->health;
    return total;
  }

 private:
  fa::HandleAllocator& store_;
  std::unordered_map<int, fa::Handle<Actor>> by_id_;
};
int play(World& world) {
  world.spawn(1);
  world.spawn(2);
  world.sweep();
  return world.sum();
}
