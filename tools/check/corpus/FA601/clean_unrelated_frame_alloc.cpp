// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

class Video {
 public:
  template <class T>
  T* frame_alloc() {
    return new T();
  }
};
std::vector<int*> g_pixels;
void run(Video& video) { g_pixels.push_back(video.frame_alloc<int>()); }
