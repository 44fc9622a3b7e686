// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

enum class Phase { Begin, Simulate, Present, Done };
struct Command {
  int id = 0;
};
bool wants_more();

int run(fa::SmartAlloc& alloc) {
  Command* current = nullptr;
  Phase phase = Phase::Begin;
  while (phase != Phase::Done) {
    switch (phase) {
      case Phase::Begin:
        alloc.begin_frame();
        current = alloc.frame_new<Command>();
        phase = Phase::Simulate;
        break;
      case Phase::Simulate:
        current->id = 1;
        phase = Phase::Present;
        break;
      case Phase::Present:
        alloc.end_frame();
        phase = wants_more() ? Phase::Begin : Phase::Done;
        break;
      case Phase::Done:
        break;
    }
  }
  return current->id;  // expect: FA606
}
