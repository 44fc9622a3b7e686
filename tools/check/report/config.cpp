// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/config.hpp"

#include <filesystem>

namespace fa_check {

namespace fs = std::filesystem;

std::optional<Level> parse_level(std::string_view text) {
  if (text == "allow") return Level::Allow;
  if (text == "hint") return Level::Hint;
  if (text == "warn") return Level::Warn;
  if (text == "deny") return Level::Deny;
  return std::nullopt;
}

std::optional<Severity> parse_severity(std::string_view text) {
  if (text == "hint") return Severity::Hint;
  if (text == "warning") return Severity::Warning;
  if (text == "error") return Severity::Error;
  return std::nullopt;
}

const Config* Configs::for_folder(const std::string& folder) {
  if (const auto there = by_folder_.find(folder); there != by_folder_.end()) return &there->second;
  Config config;
  config.settings.root = fs::current_path().string();
  if (!only_.empty()) {
    // One file for all: read for the first folder.
    if (!by_folder_.empty()) return &(by_folder_[folder] = by_folder_.begin()->second);
    error_ = read_config(only_, config);
    config.files = {only_};
  } else if (search_) {
    const std::string parent = fs::path(folder).parent_path().string();
    if (parent != folder && !parent.empty()) {
      const Config* above = for_folder(parent);
      if (above == nullptr) return nullptr;
      config = *above;
    }
    const std::string path = (fs::path(folder) / ".fa.toml").string();
    std::error_code error;
    if (fs::exists(path, error)) {
      error_ = read_config(path, config);
      config.files.insert(config.files.begin(), path);
    }
  }
  if (!error_.empty()) return nullptr;
  return &(by_folder_[folder] = std::move(config));
}

std::string default_config_text() {
  return R"(# What `fa check` does here. Nearer files win; every key is optional and has its default below.

[global]
min_severity = "hint"     # "hint", "warning" or "error": what is below is not reported
exclude = []              # globs, relative to this file
deny_warnings = false     # warnings make the exit code 1
build = ""                # folder of compile_commands.json; "" = look for it

[lints]
disabled = []             # ["FA608"]

[lints.levels]            # code or range -> "allow", "hint", "warn", "deny"
# FA606 = "deny"
# FA3xx = "hint"

[tags]
known_tags = []
warn_unknown_tags = false # FA802

[tags.module_tags]        # glob -> tags that are allowed there (FA801)
# "src/physics/*" = ["physics"]

[modules]                 # glob -> name of a module (FA803); else the first folder below this file
# "src/physics/**" = "physics"

[thresholds]
loop_allocation_limit = 8 # loops with fewer turns, known when compiled, are no FA602

[model]
frames_in_flight = 0      # 0 = from the source

[model.functions]         # what functions of libraries do, in the words of framealloc/annotations.hpp
# "engine::end_of_tick" = ["end_frame"]

[analysis]                # limits; a function that reaches one is told
max_states = 8
max_depth = 8
timeout_s = 300           # for each unit

[suppressions]
require_reason = true
report_unused = true
)";
}

}  // namespace fa_check
