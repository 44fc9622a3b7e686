// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Video {
  template <class T>
  T* frame_alloc() {
    static T picture{};
    return &picture;
  }
};
Task run(Video& video) {
  int* picture = video.frame_alloc<int>();
  co_await tick();
  *picture = 1;
}
