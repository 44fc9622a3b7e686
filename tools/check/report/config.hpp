// SPDX-License-Identifier: MIT OR Apache-2.0
// .fa.toml: what a project says about its checks.
#pragma once

#include "model/settings.hpp"
#include "report/report.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_check {

enum class Level { Allow, Hint, Warn, Deny };

[[nodiscard]] std::optional<Level> parse_level(std::string_view text);
[[nodiscard]] std::optional<Severity> parse_severity(std::string_view text);

// Something that is written in a configuration, and where.
struct Origin {
  std::string file;
  unsigned line = 0;
};

// The configuration that holds in one folder. Globs are absolute.
struct Config {
  Severity min_severity = Severity::Hint;
  std::vector<std::string> exclude;
  bool deny_warnings = false;
  std::string build;  // absolute; "" = look for it

  struct LevelEntry {
    Level level = Level::Warn;
    bool is_range = false;
    Origin origin;
  };
  std::map<unsigned, LevelEntry> levels;
  std::map<unsigned, Origin> disabled;

  Settings settings;
  unsigned timeout_s = 0;  // 0 = not given
  bool require_reason = true;
  bool report_unused = true;
  std::vector<std::string> files;  // read for it, nearest first
};

// Reads configurations, each file once.
class Configs {
 public:
  // `only`: the file of --config, "" for none; `search`: whether .fa.toml is looked for.
  Configs(std::string only, bool search) : only_(std::move(only)), search_(search) {}

  // Result: what holds for files in the absolute folder `folder`; null after an error.
  [[nodiscard]] const Config* for_folder(const std::string& folder);
  // "file:line:column: message"; "" when all went well.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  std::string only_;
  bool search_;
  std::map<std::string, Config> by_folder_;
  std::string error_;
};

// Effect: puts what the file at `path` says over `config`. Result: "", or what is wrong, with file,
// line, column and, for an unknown key, the nearest name.
[[nodiscard]] std::string read_config(const std::string& path, Config& config);
// The same of a text that is said to be the file's.
[[nodiscard]] std::string read_config_text(std::string_view text, const std::string& path,
                                           Config& config);

// The text that `fa check init` writes: every key with its default.
[[nodiscard]] std::string default_config_text();

}  // namespace fa_check
