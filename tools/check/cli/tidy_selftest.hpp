// SPDX-License-Identifier: MIT OR Apache-2.0
// fa check --tidy-selftest: whether the module works in a clang-tidy. A module of another major version
// finds nothing, which looks like a clean bill.
#pragma once

#include <string>

namespace fa_check {

// Result: the major version in what `clang-tidy --version` prints; 0 where there is none.
[[nodiscard]] unsigned tidy_major_of(const std::string& version_text);

// Effect: has a clang-tidy read a program with a bug through the module of its version, and says on
// standard output what came of it and how to load the module. `clang_tidy`: a program or a path; "" for the
// first of clang-tidy, clang-tidy-22 and clang-tidy-19 in PATH. Result: the exit code: 0 the bug is
// found, 1 it is not, 2 there is no such clang-tidy, or no module for its version.
[[nodiscard]] int run_tidy_selftest(const std::string& clang_tidy);

}  // namespace fa_check
