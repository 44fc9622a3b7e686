// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

template <class Allocator>
void tagged(Allocator& alloc) {
  alloc.with_tag("renderer", [] {});  // expect: FA802
}
void run(fa::SmartAlloc& alloc) { tagged(alloc); }
