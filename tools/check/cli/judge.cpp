// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/judge.hpp"

#include "model/glob.hpp"
#include "report/hash.hpp"

#include <filesystem>

namespace fa_check {

namespace fs = std::filesystem;

namespace {

std::string folder_of(const std::string& file) { return fs::path(file).parent_path().string(); }

}  // namespace

Judge::Judge(const Options& options, Configs& configs, Sources& sources, std::string base)
    : options_(options), configs_(configs), sources_(sources), base_(std::move(base)) {}

std::string Judge::shown(const std::string& path) const {
  const std::string prefix = base_ == "/" ? base_ : base_ + "/";
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

std::string Judge::absolute(const std::string& shown) const {
  return shown.starts_with('/') ? shown : (base_ == "/" ? base_ : base_ + "/") + shown;
}

const Config& Judge::config_for(const std::string& file) {
  const Config* config = configs_.for_folder(folder_of(file));
  return config == nullptr ? fallback_ : *config;
}

FileSuppressions& Judge::suppressions_of(const std::string& file) {
  const auto there = suppressions_.find(file);
  if (there != suppressions_.end()) return there->second;
  return suppressions_
      .try_emplace(file, sources_.get(file), shown(file), config_for(file).require_reason)
      .first->second;
}

bool Judge::is_excluded(const std::string& file) {
  for (const std::string& glob : options_.exclude) {
    if (glob_covers(glob, base_, file)) return true;
  }
  for (const std::string& glob : config_for(file).exclude) {
    if (glob_covers(glob, "/", file)) return true;
  }
  return false;
}

void Judge::show_paths(Finding& finding) const {
  finding.file = shown(finding.file);
  for (Related& place : finding.related) place.file = shown(place.file);
  if (!finding.fix) return;
  for (Edit& edit : finding.fix->edits) edit.file = shown(edit.file);
}

std::optional<Diagnostic> Judge::judge(Finding finding) {
  const std::string file = finding.file;
  if (!options_.wants(finding.code) || is_excluded(file)) return std::nullopt;
  const Config& config = config_for(file);
  Diagnostic result;
  result.severity = info_of(finding.code).severity;

  // The command line counts for more than the configuration.
  const auto entry = config.levels.find(finding.code);
  const std::optional<Level> wish = options_.level_of(finding.code);
  const std::optional<Level> level = wish ? wish
                                     : entry != config.levels.end()
                                         ? std::optional(entry->second.level)
                                         : std::nullopt;
  std::optional<Suppression> by_config;
  if (level == Level::Deny) {
    result.severity = Severity::Error;
    result.denied = true;
  } else if (level == Level::Warn) {
    result.severity = Severity::Warning;
  } else if (level == Level::Hint) {
    result.severity = Severity::Hint;
  } else if (level == Level::Allow) {
    by_config = wish ? Suppression{SuppressionKind::Config, "--allow", "", 0}
                     : Suppression{SuppressionKind::Config, "lints.levels allows it",
                                   shown(entry->second.origin.file), entry->second.origin.line};
  }
  if (const auto disabled = config.disabled.find(finding.code);
      disabled != config.disabled.end() && !wish) {
    by_config = Suppression{SuppressionKind::Config, "lints.disabled names it",
                            shown(disabled->second.file), disabled->second.line};
  }
  if (result.severity < options_.min_severity.value_or(config.min_severity)) return std::nullopt;

  result.suppression = suppressions_of(file).find(finding.code, finding.line);
  if (!result.suppression) result.suppression = std::move(by_config);
  result.line_text = std::string(sources_.get(file).line(finding.line));
  show_paths(finding);
  result.line_fingerprint = Hash()
                                .add(code_text(finding.code))
                                .add(finding.file)
                                .add(finding.function)
                                .add(normalized(result.line_text))
                                .text();
  result.finding = std::move(finding);
  return result;
}

void Judge::apply_baseline(std::vector<Diagnostic>& diagnostics, const Baseline& baseline) const {
  for (Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.suppression || !baseline.knows(diagnostic.fingerprint)) continue;
    diagnostic.suppression =
        Suppression{SuppressionKind::Baseline, "known", shown(baseline.file()), 0};
  }
}

void Judge::look_at(const std::string& file) { (void)suppressions_of(file); }

std::vector<Remark> Judge::remarks(bool all_read) {
  std::vector<Remark> all;
  for (auto& [file, suppressions] : suppressions_) {
    all.insert(all.end(), suppressions.faults().begin(), suppressions.faults().end());
    const Config& config = config_for(file);
    if (!all_read || !config.report_unused) continue;
    const auto looked_at = [&](unsigned code) {
      return options_.wants(code) &&
             info_of(code).severity >= options_.min_severity.value_or(config.min_severity);
    };
    const std::vector<Remark> unused = suppressions.unused(looked_at);
    all.insert(all.end(), unused.begin(), unused.end());
  }
  return all;
}

bool Judge::counts(const Diagnostic& diagnostic) {
  if (diagnostic.suppression) return false;
  if (diagnostic.denied || diagnostic.severity == Severity::Error) return true;
  const bool warnings =
      options_.deny_warnings || config_for(absolute(diagnostic.finding.file)).deny_warnings;
  return warnings && diagnostic.severity == Severity::Warning;
}

}  // namespace fa_check
