// SPDX-License-Identifier: MIT OR Apache-2.0
// The command line of fa check.
#pragma once

#include "common/arguments.hpp"
#include "report/config.hpp"
#include "report/render.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fa_check {

inline constexpr int kExitClean = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitUsage = 2;   // or nothing was analyzed
inline constexpr int kExitUnread = 3;  // some unit was not
inline constexpr int kExitInternal = 4;

enum class Verb { Check, Show, Init, Merge, Lsp };
enum class ColorWish { Auto, Always, Never };

struct Options {
  Verb verb = Verb::Check;
  std::vector<std::string> paths;
  std::vector<std::string> extra;  // what follows "--"
  std::string build;

  std::set<unsigned> groups;  // codes of --dirtymem and its like; empty = all
  // --deny and --allow in their order; of a code and a range the code counts.
  struct LevelWish {
    CodeChoice choice;
    Level level;
  };
  std::vector<LevelWish> levels;
  std::set<unsigned> only, skip;
  std::optional<Severity> min_severity;
  bool deny_warnings = false;

  std::vector<std::string> exclude;
  bool fail_fast = false;
  unsigned jobs = 0;       // 0 = the processors there are
  unsigned timeout_s = 0;  // 0 = from the configuration
  std::optional<Format> format;
  std::string output;
  ColorWish color = ColorWish::Auto;

  std::string config;
  bool no_config = false;
  std::string baseline, write_baseline;
  std::optional<std::string> changed;  // the REF
  std::string cache;
  bool no_cache = false;
  unsigned shard = 0, shards = 0;  // from 1; 0 = all

  std::optional<std::string> tidy_selftest;  // the clang-tidy; "" = whichever is there
  bool fix = false, dry_run = false, force = false;
  bool strict_annotations = false;
  bool quiet = false, verbose = false, stats = false;

  // Result: whether a finding of this code is wanted at all.
  [[nodiscard]] bool wants(unsigned code) const;
  // Result: what --deny and --allow say; empty when they say nothing.
  [[nodiscard]] std::optional<Level> level_of(unsigned code) const;
};

// Effect: reads the words after the program's name. Complaints, --help and --version go to `common`.
[[nodiscard]] Options parse_options(const std::vector<std::string>& words,
                                    fa_tools::CommonOptions& common);
[[nodiscard]] std::string help_text();

}  // namespace fa_check
