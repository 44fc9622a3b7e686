// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

fa::SmartAlloc g_alloc;

class Frame {
 public:
  Frame() { g_alloc.begin_frame(); }
  ~Frame() { g_alloc.end_frame(); }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

 private:
  int depth_ = 0;
};
int load(int items) {
  int* done = nullptr;
  try {
    const Frame frame;
    done = g_alloc.frame_new<int>(0);
    if (items > 7) throw items;
    *done = items;
    return *done;
  } catch (int) {
    return *done;  // expect: FA606
  }
}
