// SPDX-License-Identifier: MIT OR Apache-2.0
// Which files a run is about, and with which command each is read.
#pragma once

#include "cli/compile_database.hpp"
#include "cli/include_map.hpp"
#include "cli/options.hpp"
#include "report/config.hpp"

#include <set>
#include <string>
#include <vector>

namespace fa_check {

// One translation unit to be read.
struct Unit {
  CompileCommand command;
  std::string reason;  // whose command was guessed, "" where the database says it
  // The headers that were asked for and are read through this unit; findings elsewhere do not count.
  // Empty where the unit itself was asked for.
  std::set<std::string> headers;
};

struct Discovery {
  std::vector<Unit> units;          // by file
  std::vector<FileReport> skipped;  // with their reasons; paths are absolute
  std::vector<std::string>
      headers;                     // in the folders that were asked for: some unit should read them
  std::vector<std::string> notes;  // for stderr
  std::string complaint;           // what makes the run impossible
};

[[nodiscard]] bool is_source(const std::string& path);
[[nodiscard]] bool is_header(const std::string& path);

class Discoverer {
 public:
  // `base`: the current folder.
  Discoverer(const Options& options, Configs& configs, std::string base);

  [[nodiscard]] Discovery run();

 private:
  void load_database();
  [[nodiscard]] std::vector<std::string> starting_points();
  void take_folder(const std::string& folder);
  void take_file(const std::string& file);
  [[nodiscard]] bool is_excluded(const std::string& file);
  void keep_changed();
  void add_unit(const std::string& file);
  void add_header(const std::string& file);
  [[nodiscard]] Unit unit_of(const std::string& file);
  void keep_shard();
  void skip(const std::string& file, std::string reason);
  [[nodiscard]] IncludeMap map_includes();

  const Options& options_;
  Configs& configs_;
  std::string base_;
  CompileDatabase database_;
  std::set<std::string> sources_, named_headers_, folder_headers_;
  Discovery result_;
};

}  // namespace fa_check
