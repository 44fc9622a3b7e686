// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

class Aim {
 public:
  explicit Aim(fa::SmartAlloc& alloc) : target_(alloc.frame_new<int>(3)) {}
  int target() const { return *target_; }

 private:
  int* target_;
};
int shoot(fa::SmartAlloc& alloc, int shots) {
  std::optional<Aim> aim;
  int hits = 0;
  for (int i = 0; i < shots; ++i) {
    const auto frame = alloc.scoped_frame();
    aim.emplace(alloc);
    hits += aim->target();
  }
  return hits + aim->target();  // expect: FA606
}
