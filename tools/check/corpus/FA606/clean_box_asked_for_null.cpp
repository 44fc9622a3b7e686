// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>

namespace fa = framealloc;

bool run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  fa::FrameBox<std::string> name = alloc.frame_box<std::string>("imp");
  alloc.end_frame();
  return name != nullptr && static_cast<bool>(name);
}
