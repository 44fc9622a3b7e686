// SPDX-License-Identifier: MIT OR Apache-2.0
// Who includes whom, by the names in #include lines: quick, and rather too much than too little,
// since two headers of one name are taken for one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace fa_check {

class IncludeMap {
 public:
  // Effect: reads the #include lines of the file.
  void add(const std::string& file);
  // Result: the files added so far that include one of `files`, through others too; sorted.
  [[nodiscard]] std::vector<std::string> includers_of(const std::set<std::string>& files) const;

 private:
  std::map<std::string, std::vector<std::string>> includers_;  // by the name without folders
};

}  // namespace fa_check
