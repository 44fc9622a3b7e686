// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <string>

namespace fa_demo {

/// Where the figures come from; printed with them, since they mean little without it.
struct Machine {
  std::string processor;
  unsigned cores = 0;
  std::string system;    ///< kernel and its version
  std::string compiler;  ///< name, version, and whether it optimized
  std::string library;   ///< the C library
  std::string box2d;
};

Machine read_machine();

}  // namespace fa_demo
