// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Event {
  int kind = 0;
};
std::vector<Event*> g_events;
void emit(fa::SmartAlloc& alloc, int kind) {
  Event* event = alloc.frame_new<Event>();
  event->kind = kind;
  g_events.push_back(event);  // expect: FA601
}
