// SPDX-License-Identifier: MIT OR Apache-2.0
// The rings and the include direction of ARCHITECTURE.md as functions of one file.
#pragma once

#include "structure/modules.hpp"
#include "structure/repository.hpp"

#include <map>
#include <string>
#include <vector>

namespace framealloc::structure {

// The folder that each header for users ranks with, by its name.
using PublicHeaders = std::map<std::string, std::string>;

// What the rules know about the tree beside the one file.
struct Layout {
  PublicHeaders headers;
  std::vector<Module> modules;
};

// Result: the rows of a table such as tests/structure/public_headers.txt.
PublicHeaders parse_public_headers(const SourceFile& table);

// Result: the includes of `file` that point against the direction
//   base < os < sync < account < memory < arena < pool < heap < frame < thread < container < diag
//   < facade < modules
// or to another ring than they may: headers for users and those in detail/ know nothing of src/;
// modules, tools and examples know only headers for users; a module knows those that it stands on.
// Also those that reach the operating system from outside os/. Other files have no offenses.
std::vector<Offense> check_includes(const SourceFile& file, const Layout& layout);

// Result: the preprocessor conditions of `file` that ask for a platform or compiler outside os/ and
// compiler.hpp.
std::vector<Offense> check_platform_conditions(const SourceFile& file, const Layout& layout);

}  // namespace framealloc::structure
