// SPDX-License-Identifier: MIT OR Apache-2.0
// What a hot path may cost.
#pragma once

#include <cstddef>

namespace framealloc::codegen {

// Most instructions (the return included) and branches on the way through.
struct Bound {
  const char* function;
  std::size_t x86_64;
  std::size_t aarch64;
  std::size_t branches;
};

}  // namespace framealloc::codegen
