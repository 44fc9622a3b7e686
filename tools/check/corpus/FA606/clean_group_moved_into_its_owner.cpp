// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

struct Door {
  int key = 0;
};
class Room {
 public:
  explicit Room(fa::GroupHandle group) : group_(std::move(group)), door_(group_.make<Door>()) {}
  int key() const { return door_->key; }

 private:
  fa::GroupHandle group_;
  Door* door_;
};
int run(fa::SmartAlloc& alloc) {
  const Room room(alloc.groups().group("room"));
  fa::GroupHandle first = alloc.groups().group("first");
  Door* door = first.make<Door>();
  {
    fa::GroupHandle second = std::move(first);
    door->key = room.key();
    first = std::move(second);
  }
  return door->key;
}
