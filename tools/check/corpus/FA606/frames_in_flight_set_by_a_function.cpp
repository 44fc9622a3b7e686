// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Light {
  int id = 0;
};
fa::AllocConfig two_frames() {
  fa::AllocConfig config = fa::AllocConfig::minimal();
  config.frames_in_flight = 2;
  return config;
}
class Lights {
 public:
  int run() {
    alloc_.begin_frame();
    Light* light = alloc_.frame_new<Light>();
    alloc_.end_frame();
    alloc_.begin_frame();
    int sum = light->id;
    alloc_.end_frame();
    sum += light->id;  // expect: FA606
    return sum;
  }

 private:
  fa::SmartAlloc alloc_{two_frames()};
};
