// SPDX-License-Identifier: MIT OR Apache-2.0
// Results of units that were analyzed before.
#pragma once

#include "checks/analyze.hpp"

#include <map>
#include <optional>
#include <string>

namespace fa_check {

// An entry holds for the same text of the unit and of every header that it read, the same command,
// configuration and tool: that is what the preprocessed unit is made of. It does not notice a header
// that has come to lie before another of its name on the include path.
class ResultCache {
 public:
  // `folder` is made when the first entry is stored; "" = no cache.
  ResultCache(std::string folder, std::string tool);

  [[nodiscard]] bool is_on() const { return !folder_.empty(); }
  [[nodiscard]] std::optional<UnitResult> find(const UnitInput& input);
  // Effect: keeps the result; where that fails, nothing is said: the next run is slower, no more.
  void store(const UnitInput& input, const UnitResult& result);
  // Effect: once a day, removes entries that nobody has asked for in 30 days.
  void prune();

  // $XDG_CACHE_HOME/framealloc, else ~/.cache/framealloc; "" where there is neither.
  [[nodiscard]] static std::string default_folder();

 private:
  [[nodiscard]] std::string path_of(const UnitInput& input);
  [[nodiscard]] const std::string& hash_of_file(const std::string& path);

  std::string folder_, tool_;
  std::map<std::string, std::string> file_hashes_;
};

// Result: what changes with every build of this program.
[[nodiscard]] std::string tool_identity();

// Effect: writes the file beside `path` and renames it into place. Result: "", or what went wrong.
[[nodiscard]] std::string write_in_place(const std::string& path, std::string_view text);

}  // namespace fa_check
