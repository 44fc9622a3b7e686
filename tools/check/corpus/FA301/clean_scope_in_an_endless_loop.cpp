// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Event {
  int kind = 0;
};
bool poll(Event* event);

int pump(fa::SmartAlloc& alloc) {
  int handled = 0;
  for (;;) {
    fa::FrameScope turn = alloc.frame_scope();
    Event* event = turn.alloc<Event>();
    if (event == nullptr || !poll(event)) break;
    handled += event->kind;
  }
  return handled;
}
