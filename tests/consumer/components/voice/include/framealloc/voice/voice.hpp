// SPDX-License-Identifier: MIT OR Apache-2.0
// A made-up module with a source.
#pragma once

#include <framealloc/smart_alloc.hpp>

namespace framealloc::voice {

// Result: whether there was frame memory to sing with.
[[nodiscard]] bool sing(SmartAlloc& alloc);

}  // namespace framealloc::voice
