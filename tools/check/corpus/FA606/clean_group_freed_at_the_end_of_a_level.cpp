// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Room {
  int doors = 2;
};
class Level {
 public:
  explicit Level(fa::SmartAlloc& alloc) : groups_(alloc.groups()) {
    id_ = groups_.create_group("level");
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { groups_.free_group(id_); }
  Room* add() {
    Room* room = groups_.make<Room>(id_);
    rooms_.push_back(room);
    return room;
  }
  int doors() const {
    int total = 0;
    for (const Room* room : rooms_) total += room->doors;
    return total;
  }

 private:
  fa::GroupAllocator& groups_;
  fa::GroupId id_;
  std::vector<Room*> rooms_;
};
int run(fa::SmartAlloc& alloc) {
  Level level(alloc);
  level.add()->doors = 3;
  return level.doors();
}
