// SPDX-License-Identifier: MIT OR Apache-2.0
#include "structure/modules.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace framealloc::structure {
namespace {

using Path = std::vector<const Module*>;

// Result: whether `path`, which ends with a module, goes on to its beginning; then it is the cycle.
bool comes_back(const std::vector<Module>& modules, Path& path) {
  for (const std::string& below : path.back()->stands_on) {
    const Module* const next = find_module(modules, below);
    if (next == path.front()) return true;
    if (next == nullptr || std::ranges::find(path, next) != path.end()) continue;
    path.push_back(next);
    if (comes_back(modules, path)) return true;
    path.pop_back();
  }
  return false;
}

std::string spell_cycle(const Path& path) {
  std::string text;
  for (const Module* module : path) text += module->name + " -> ";
  return text + path.front()->name;
}

}  // namespace

const Module* find_module(const std::vector<Module>& modules, const std::string& name) {
  const auto found = std::ranges::find(modules, name, &Module::name);
  return found == modules.end() ? nullptr : &*found;
}

std::vector<Module> parse_modules(const SourceFile& list) {
  std::vector<Module> modules;
  for (std::size_t i = 0; i < list.lines.size(); ++i) {
    std::istringstream row(list.lines[i]);
    Module module;
    std::string below;
    if (!(row >> module.name >> module.folder >> below) || module.name[0] == '#') continue;
    std::istringstream names(below == "-" ? "" : below);
    for (std::string name; std::getline(names, name, '+');) module.stands_on.push_back(name);
    module.line = i + 1;
    modules.push_back(module);
  }
  return modules;
}

std::vector<Offense> check_modules(const SourceFile& list) {
  const std::vector<Module> modules = parse_modules(list);
  std::vector<Offense> offenses;
  for (const Module& module : modules) {
    const auto offend = [&](const std::string& what) {
      offenses.push_back({list.path, module.line, what});
    };
    if (find_module(modules, module.name) != &module) offend(module.name + " has a second row");
    Path path{&module};
    if (comes_back(modules, path)) {
      offend("modules stand on each other: " + spell_cycle(path));
      continue;
    }
    for (const std::string& name : module.stands_on) {
      const Module* const below = find_module(modules, name);
      if (below == nullptr) {
        offend(module.name + " stands on '" + name + "', which has no row");
      } else if (below > &module) {
        offend(module.name + " stands on '" + name + "', whose row must come first");
      }
    }
  }
  return offenses;
}

}  // namespace framealloc::structure
