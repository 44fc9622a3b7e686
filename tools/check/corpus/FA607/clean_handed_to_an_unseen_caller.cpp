// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

std::string* make_name(fa::SmartAlloc& alloc) {
  return std::construct_at(alloc.frame_alloc<std::string>(), "the caller destroys it");
}
