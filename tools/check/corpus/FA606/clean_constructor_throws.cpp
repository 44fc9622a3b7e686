// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <stdexcept>

namespace fa = framealloc;

class Shader {
 public:
  Shader(fa::SmartAlloc& alloc, int stages) {
    if (stages == 0) throw std::logic_error("no stages");
    alloc.end_frame();
  }
};
int build(fa::SmartAlloc& alloc, int stages) {
  alloc.begin_frame();
  int* log = alloc.frame_new<int>(0);
  try {
    const Shader shader(alloc, stages);
  } catch (const std::exception&) {
    const int result = *log;
    alloc.end_frame();
    return result;
  }
  return 0;
}
