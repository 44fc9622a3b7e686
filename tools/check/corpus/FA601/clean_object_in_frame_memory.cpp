// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Command {
  Command* next = nullptr;
  int* data = nullptr;
};
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Command* first = alloc.frame_new<Command>();
  first->data = alloc.frame_alloc<int>();
  *first->data = 1;
  Command* second = alloc.frame_new<Command>();
  second->next = first;
  return *second->next->data;
}
