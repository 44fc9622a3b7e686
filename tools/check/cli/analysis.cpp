// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/analysis.hpp"

#include "cli/run.hpp"
#include "common/progress.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

constexpr unsigned kTimeout = 300;  // seconds for each unit

std::string config_of(const Options& options, const std::string& base) {
  if (options.config.empty()) return {};
  return (fs::path(base) / options.config).lexically_normal().string();
}

std::string cache_of(const Options& options, const std::string& base) {
  if (options.no_cache) return {};
  if (options.cache.empty()) return ResultCache::default_folder();
  return (fs::path(base) / options.cache).lexically_normal().string();
}

std::string key_of(const Diagnostic& found) {
  const Finding& finding = found.finding;
  return finding.file + ":" + std::to_string(finding.line) + ":" + std::to_string(finding.column) +
         ":" + std::to_string(finding.code);
}

}  // namespace

Analysis::Analysis(const Options& options, const std::string& base)
    : options_(options),
      base_(base),
      configs_(config_of(options, base), !options.no_config),
      judge_(options, configs_, sources_, base),
      cache_(cache_of(options, base), options.no_cache ? "" : tool_identity()) {}

std::string Analysis::run() {
  const auto start = std::chrono::steady_clock::now();
  report_.version = FRAMEALLOC_TOOLS_VERSION;
  report_.llvm = llvm_version();
  if (!options_.baseline.empty()) {
    std::string complaint = baseline_.read(options_.baseline);
    if (!complaint.empty()) return complaint;
  }
  discovery_ = Discoverer(options_, configs_, base_).run();
  if (!discovery_.complaint.empty()) return discovery_.complaint;
  std::string complaint = make_jobs();
  if (!complaint.empty()) return complaint;
  for (FileReport& file : discovery_.skipped) {
    file.file = judge_.shown(file.file);
    report_.files.push_back(file);
  }
  analyze_all();
  cache_.prune();
  report_.summary.ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::steady_clock::now() - start)
                                     .count());
  finish();
  return {};
}

std::string Analysis::make_jobs() {
  for (const Unit& unit : discovery_.units) {
    const Config* config = configs_.for_folder(fs::path(unit.command.file).parent_path().string());
    if (config == nullptr) return configs_.error();
    WorkerJob job;
    job.input.file = unit.command.file;
    job.input.directory = unit.command.directory;
    job.input.arguments = unit.command.arguments;
    job.input.settings = config->settings;
    job.input.settings.strict_annotations = options_.strict_annotations;
    job.timeout_s = options_.timeout_s != 0  ? options_.timeout_s
                    : config->timeout_s != 0 ? config->timeout_s
                                             : kTimeout;
    jobs_.push_back(std::move(job));
  }
  return {};
}

void Analysis::analyze_all() {
  fa_tools::Progress progress(!options_.quiet);
  done_.assign(jobs_.size(), false);
  std::vector<WorkerJob> open;
  std::vector<std::size_t> places;
  bool go_on = true;
  for (std::size_t i = 0; i < jobs_.size() && go_on; ++i) {
    if (auto result = cache_.find(jobs_[i].input)) {
      WorkerOutcome outcome;
      outcome.result = std::move(*result);
      go_on = take(i, std::move(outcome), true);
    } else {
      open.push_back(jobs_[i]);
      places.push_back(i);
    }
  }
  const unsigned at_once =
      options_.jobs != 0 ? options_.jobs : std::max(1U, std::thread::hardware_concurrency());
  if (go_on) {
    run_workers(open, at_once, [&](std::size_t job, WorkerOutcome&& outcome) {
      progress.show("analyzing", finished_ + 1, jobs_.size());
      return take(places[job], std::move(outcome), false);
    });
  }
  progress.clear();
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (!done_[i]) {
      report_file(discovery_.units[i],
                  {"", FileStatus::Skipped, "--fail-fast: an error came first", 0});
    }
  }
}

bool Analysis::take(std::size_t unit_number, WorkerOutcome&& outcome, bool cached) {
  const Unit& unit = discovery_.units[unit_number];
  done_[unit_number] = true;
  ++finished_;
  FileReport file;
  file.ms = outcome.ms;
  file.status = cached ? FileStatus::Cached : FileStatus::Analysed;
  const std::size_t before = found_.size();
  if (outcome.kind != WorkerOutcome::Kind::Done) {
    file.status =
        outcome.kind == WorkerOutcome::Kind::TimedOut ? FileStatus::Timeout : FileStatus::Failed;
    file.reason = outcome.reason;
  } else if (!outcome.result.parsed) {
    file.status = FileStatus::Failed;
    file.reason = outcome.result.parse_errors.empty() ? "it could not be parsed"
                                                      : outcome.result.parse_errors.front();
    if (!unit.reason.empty()) file.reason += " (" + unit.reason + ")";
  } else {
    file.reason = unit.reason;
    if (!cached) cache_.store(jobs_[unit_number].input, outcome.result);
    take_result(unit, std::move(outcome.result), file);
  }
  report_file(unit, file);
  stream(judge_.shown(unit.command.file));
  if (!options_.fail_fast) return true;
  return std::none_of(found_.begin() + static_cast<std::ptrdiff_t>(before), found_.end(),
                      [&](const Diagnostic& found) { return judge_.counts(found); });
}

void Analysis::take_result(const Unit& unit, UnitResult&& result, FileReport& file) {
  counts_.functions += result.functions;
  counts_.gave_up += result.gave_up;
  read_.insert(result.headers.begin(), result.headers.end());
  if (unit.headers.empty()) judge_.look_at(unit.command.file);
  for (const std::string& header : unit.headers) {
    if (read_.count(header) == 0) {
      file.status = FileStatus::Failed;
      file.reason = "it does not include '" + judge_.shown(header) + "' after all";
      return;
    }
    judge_.look_at(header);
  }
  for (Finding& finding : result.findings) {
    if (!unit.headers.empty() && unit.headers.count(finding.file) == 0) continue;
    if (auto diagnostic = judge_.judge(std::move(finding)))
      found_.push_back(std::move(*diagnostic));
  }
  for (const Assumption& assumption : result.assumptions) {
    report_.assumptions.push_back({"analysis", judge_.shown(assumption.file), assumption.line,
                                   assumption.function, assumption.message});
  }
}

void Analysis::report_file(const Unit& unit, FileReport file) {
  const std::string shown = judge_.shown(unit.command.file);
  std::vector<FileReport> lines;
  if (unit.headers.empty()) {
    file.file = shown;
    lines.push_back(file);
  }
  for (const std::string& header : unit.headers) {
    FileReport line = file;
    line.file = judge_.shown(header);
    line.reason = "read through '" + shown + "'" + (file.reason.empty() ? "" : "; " + file.reason);
    lines.push_back(std::move(line));
  }
  for (const FileReport& line : lines) {
    if (put_line_) put_line_(ndjson_line("file", json_of(line)));
    report_.files.push_back(line);
  }
}

// What lies in the unit itself is complete when the unit has been read; what lies in headers, when
// all have.
void Analysis::stream(const std::string& file) {
  if (!put_line_) return;
  Report part;
  for (const Diagnostic& found : found_) {
    if (found.finding.file == file) part.diagnostics.push_back(found);
  }
  put_in_order(part);
  judge_.apply_baseline(part.diagnostics, baseline_);
  emit(std::move(part.diagnostics));
}

void Analysis::emit(std::vector<Diagnostic> diagnostics) {
  if (!put_line_) return;
  for (const Diagnostic& found : diagnostics) {
    if (emitted_.insert(key_of(found)).second) put_line_(ndjson_line("diagnostic", json_of(found)));
  }
}

void Analysis::note_unread_headers() {
  for (const std::string& header : discovery_.headers) {
    if (read_.count(header) != 0) {
      judge_.look_at(header);
    } else {
      report_.files.push_back(
          {judge_.shown(header), FileStatus::Skipped, "no unit that was analyzed includes it", 0});
    }
  }
}

void Analysis::finish() {
  // Of a header that a unit could not show, nobody knows whether its suppressions are needed.
  const bool all_read =
      std::all_of(done_.begin(), done_.end(), [](bool done) { return done; }) &&
      std::none_of(report_.files.begin(), report_.files.end(), [](const auto& file) {
        return file.status == FileStatus::Failed || file.status == FileStatus::Timeout;
      });
  note_unread_headers();
  report_.diagnostics = found_;
  put_in_order(report_);
  judge_.apply_baseline(report_.diagnostics, baseline_);
  for (Remark& remark : judge_.remarks(all_read)) {
    if (!options_.quiet)
      tell(remark.file + ":" + std::to_string(remark.line) + ": " + remark.message);
    report_.assumptions.push_back(std::move(remark));
  }
  for (const std::string& note : discovery_.notes) {
    if (!options_.quiet) tell(note);
  }
  put_in_order(report_);
  count(report_);
  emit(report_.diagnostics);
  if (put_line_) put_line_(ndjson_line("summary", json_of(report_.summary)));
}

void Analysis::learn_baseline(const std::string& file) {
  baseline_.learn(file, report_.diagnostics);
  judge_.apply_baseline(report_.diagnostics, baseline_);
  count(report_);
}

std::string Analysis::why_nothing() const {
  if (options_.changed && discovery_.units.empty()) {
    return ": no unit has changed since " + *options_.changed;
  }
  if (options_.shards > 1 && discovery_.units.empty()) return ": this shard has no unit";
  if (!discovery_.skipped.empty()) return ": all files are excluded";
  if (discovery_.units.empty()) return ": no C++ source was found";
  return {};
}

std::string Analysis::describe(const std::string& file) {
  std::string text;
  const std::string path = (fs::path(base_) / file).lexically_normal().string();
  const Config* config = configs_.for_folder(fs::path(path).parent_path().string());
  text += "configuration:";
  if (config == nullptr || config->files.empty()) text += " none, so the defaults";
  if (config != nullptr) {
    for (const std::string& each : config->files) text += " " + judge_.shown(each);
  }
  for (const Unit& unit : discovery_.units) {
    text += "\ncommand of " + judge_.shown(unit.command.file) + ":";
    for (const std::string& word : unit.command.arguments) text += " " + word;
    if (!unit.reason.empty()) text += "\n  (" + unit.reason + ")";
  }
  return text + "\n\n";
}

}  // namespace fa_check
