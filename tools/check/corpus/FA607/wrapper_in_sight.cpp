// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

template <class T>
T* make(fa::SmartAlloc& alloc) {
  return std::construct_at(alloc.frame_alloc<T>());  // expect: FA607
}
bool run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  return make<std::string>(alloc)->empty();
}
