// SPDX-License-Identifier: MIT OR Apache-2.0
// On what the figures were taken.
#pragma once

#include <string>

namespace bench {

// Result: one line: processor, how many of them, kernel, C library, compiler, huge page policy and
// the load of the machine now.
[[nodiscard]] std::string machine_line();

}  // namespace bench
