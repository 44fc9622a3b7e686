// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Unit {
  int health = 1;
};
class Cache {
 public:
  void compact() { ++runs_; }

 private:
  int runs_ = 0;
};
int run(fa::SmartAlloc& alloc, Cache& cache, fa::Handle<Unit> handle) {
  const Unit* unit = alloc.handles().resolve(handle);
  cache.compact();
  return unit != nullptr ? unit->health : 0;
}
