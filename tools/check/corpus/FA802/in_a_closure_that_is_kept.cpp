// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

std::function<void()> later(fa::SmartAlloc alloc) {
  return [alloc]() mutable {
    const auto tag = alloc.tag_scope("rendr");  // expect: FA802
  };
}
