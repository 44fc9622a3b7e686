// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Game {
 public:
  Game() {
    alloc_.configure_deferred(  // expect: FA204
        fa::DeferredConfig{.mode = fa::DeferredProcessing::Explicit});
  }
  void frame() {
    const auto frame = alloc_.scoped_frame();
    ++frames_;
  }

 private:
  fa::SmartAlloc alloc_;
  int frames_ = 0;
};
void use(Game& game) { game.frame(); }
