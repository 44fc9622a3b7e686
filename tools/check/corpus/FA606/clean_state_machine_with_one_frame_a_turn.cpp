// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

enum class Phase { Load, Play, Quit };
struct Command {
  int id = 0;
};
Phase next(Phase phase);

int run(fa::SmartAlloc& alloc) {
  int done = 0;
  for (Phase phase = Phase::Load; phase != Phase::Quit; phase = next(phase)) {
    alloc.begin_frame();
    Command* command = nullptr;
    switch (phase) {
      case Phase::Load:
        command = alloc.frame_new<Command>();
        break;
      case Phase::Play:
        command = alloc.frame_new<Command>();
        command->id = 2;
        break;
      case Phase::Quit:
        break;
    }
    if (command != nullptr) done += command->id;
    alloc.end_frame();
  }
  return done;
}
