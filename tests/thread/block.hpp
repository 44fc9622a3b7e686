// SPDX-License-Identifier: MIT OR Apache-2.0
// What the tests of threads allocate from pools.
#pragma once

#include <cstddef>

namespace framealloc::testing {

struct Block {
  std::byte bytes[64];
};

}  // namespace framealloc::testing
