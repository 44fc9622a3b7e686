// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Light {
  int id = 0;
};
class Lights {
 public:
  int run(int frames) {
    Light* last = nullptr;
    int sum = 0;
    for (int i = 0; i < frames; ++i) {
      alloc_.begin_frame();
      if (last != nullptr) sum += last->id;
      last = alloc_.frame_new<Light>();
      last->id = i;
      alloc_.end_frame();
    }
    return sum;
  }

 private:
  static fa::AllocConfig two_frames() {
    fa::AllocConfig config;
    config.frames_in_flight = 2;
    return config;
  }
  fa::SmartAlloc alloc_{two_frames()};
};
