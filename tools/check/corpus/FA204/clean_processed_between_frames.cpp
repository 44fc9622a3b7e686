// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Game {
 public:
  Game() { alloc_.configure_deferred({.mode = fa::DeferredProcessing::Explicit}); }
  void frame() {
    alloc_.begin_frame();
    alloc_.end_frame();
    idle();
  }

 private:
  void idle() { freed_ += alloc_.process_deferred_frees(64); }
  fa::SmartAlloc alloc_;
  std::size_t freed_ = 0;
};
void use(Game& game) { game.frame(); }
