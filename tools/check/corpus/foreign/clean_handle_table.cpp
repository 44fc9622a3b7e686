// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

struct Entity {
  int health = 0;
};
class Table {
 public:
  std::size_t alloc() {
    entities_.emplace_back();
    return entities_.size() - 1;
  }
  Entity* resolve(std::size_t handle) { return &entities_[handle]; }
  void free(std::size_t handle) { entities_[handle] = {}; }
  void compact() { entities_.shrink_to_fit(); }

 private:
  std::vector<Entity> entities_;
};
int run(Table& table) {
  const std::size_t handle = table.alloc();
  Entity* entity = table.resolve(handle);
  table.compact();
  table.free(handle);
  return entity->health + table.resolve(handle)->health;
}
