// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/core.hpp>

namespace game {

struct Contact {
  float depth = 0.0F;
};

class World {
 public:
  explicit World(framealloc::SmartAlloc& memory) : memory_(memory) {}

  void step() {
    memory_.begin_frame();
    memory_.with_tag("physics", [&] {
      Contact* scratch = memory_.frame_alloc<Contact>();
      *scratch = {};
    });
    memory_.end_frame();
  }

 private:
  framealloc::SmartAlloc& memory_;
  Contact* contacts_ = nullptr;
  Contact* kept_ = nullptr;
};

}  // namespace game
