// SPDX-License-Identifier: MIT OR Apache-2.0
// modules/modules.txt: which modules there are, and which stands on which.
#pragma once

#include "structure/repository.hpp"

#include <string>
#include <vector>

namespace framealloc::structure {

struct Module {
  std::string name;
  std::string folder;  // beside the list
  std::vector<std::string> stands_on;
  std::size_t line = 0;
};

// Result: the rows of a list such as modules/modules.txt.
std::vector<Module> parse_modules(const SourceFile& list);

// Result: rows of the same name, modules that stand on none of the rows, on one below, or, by
// others, on themselves.
std::vector<Offense> check_modules(const SourceFile& list);

// Result: the module of that name, or null.
const Module* find_module(const std::vector<Module>& modules, const std::string& name);

}  // namespace framealloc::structure
