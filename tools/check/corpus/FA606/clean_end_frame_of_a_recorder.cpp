// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Recorder {
 public:
  void begin_frame() { ++frames_; }
  void end_frame() { --frames_; }

 private:
  int frames_ = 0;
};
int run(fa::SmartAlloc& alloc, Recorder& recorder) {
  const auto frame = alloc.scoped_frame();
  recorder.begin_frame();
  int* value = alloc.frame_alloc<int>();
  *value = 1;
  recorder.end_frame();
  return *value;
}
