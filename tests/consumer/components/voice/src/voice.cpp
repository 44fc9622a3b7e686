// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/voice/voice.hpp>

namespace framealloc::voice {

bool sing(SmartAlloc& alloc) { return alloc.frame_alloc<int>() != nullptr; }

}  // namespace framealloc::voice
