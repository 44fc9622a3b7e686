// SPDX-License-Identifier: MIT OR Apache-2.0
// A made-up module of headers only that stands on another, in a folder deeper than that one's.
#pragma once

#include <framealloc/voice/voice.hpp>

namespace framealloc::chorus {

// Result: how many of `voices` sang.
inline int sing(SmartAlloc& alloc, int voices) {
  int sang = 0;
  for (int i = 0; i < voices; ++i) sang += voice::sing(alloc) ? 1 : 0;
  return sang;
}

}  // namespace framealloc::chorus
