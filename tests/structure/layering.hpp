// SPDX-License-Identifier: MIT OR Apache-2.0
// The include direction of ARCHITECTURE.md as a function of one file.
#pragma once

#include "structure/repository.hpp"

#include <vector>

namespace framealloc::structure {

// Result: the includes of `file` that point against the direction
//   base < os < sync < account < memory < arena < pool < heap < frame < thread < container < diag
//   < the headers in include/framealloc itself < modules
// and those that reach the operating system from outside os/. Files outside include/framealloc, src
// and modules have no rank and no offences.
std::vector<Offence> check_includes(const SourceFile& file);

// Result: the preprocessor conditions of `file` that ask for a platform or compiler outside os/ and
// base/compiler.hpp.
std::vector<Offence> check_platform_conditions(const SourceFile& file);

}  // namespace framealloc::structure
