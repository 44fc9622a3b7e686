// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Enemy {
  int hp = 10;
};
class Arena {
 public:
  explicit Arena(fa::SmartAlloc& alloc) : handles_(alloc.handles()) {}
  int kill(std::size_t index) {
    const fa::Handle<Enemy> handle = enemies_[index];
    handles_.free(handle);
    enemies_.erase(enemies_.begin() + static_cast<std::ptrdiff_t>(index));
    return handles_.resolve(handle)->hp;  // expect: FA401
  }

 private:
  fa::HandleAllocator& handles_;
  std::vector<fa::Handle<Enemy>> enemies_;
};
int use(Arena& arena) { return arena.kill(0); }
