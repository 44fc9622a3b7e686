// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <stdexcept>

namespace fa = framealloc;

class Shader {
 public:
  Shader(fa::SmartAlloc& alloc, int stages) {
    alloc.end_frame();
    if (stages == 0) throw std::logic_error("no stages");
  }
};
int build(fa::SmartAlloc& alloc, int stages) {
  alloc.begin_frame();
  int* log = alloc.frame_new<int>(0);
  try {
    const Shader shader(alloc, stages);
  } catch (const std::exception&) {
    return *log;  // expect: FA606
  }
  return 0;
}
