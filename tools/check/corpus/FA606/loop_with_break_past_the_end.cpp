// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Task {
  int left = 0;
};
bool cancelled();

int run(fa::SmartAlloc& alloc) {
  Task* task = nullptr;
  for (;;) {
    alloc.begin_frame();
    task = alloc.frame_new<Task>();
    task->left = 2;
    if (cancelled()) {
      alloc.end_frame();
      break;
    }
    alloc.end_frame();
  }
  return task->left;  // expect: FA606
}
