// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/run.hpp"

#include "cli/analysis.hpp"
#include "cli/cache.hpp"
#include "cli/fixes.hpp"
#include "common/exit_codes.hpp"
#include "common/output.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace fa_check {

namespace fs = std::filesystem;

void tell(std::string_view what) { (void)fa_tools::complain("fa check", what, 0); }

bool put_report(const Options& options, const std::string& text) {
  if (options.output.empty()) return fa_tools::write_out("fa check", text) == fa_tools::kExitOk;
  const std::string complaint = write_in_place(options.output, text);
  if (!complaint.empty()) tell(complaint);
  return complaint.empty();
}

namespace {

fa_tools::Color color_of(const Options& options) {
  if (options.color == ColorWish::Always) return fa_tools::Color::always();
  if (options.color == ColorWish::Never || !options.output.empty()) return {};
  return fa_tools::Color::on(stdout);
}

// Effect: applies or shows the fixes. Result: whether that worked.
bool fix(const Options& options, const Report& report, Analysis& analysis, bool diff_is_report) {
  const FixPlan plan = plan_fixes(report.diagnostics, analysis.sources(),
                                  [&](const std::string& file) { return analysis.absolute(file); });
  std::string diff;
  for (const FixedFile& file : plan.files) {
    if (options.dry_run) {
      diff += unified_diff(file);
    } else if (const std::string complaint =
                   write_in_place(analysis.absolute(file.file), file.after);
               !complaint.empty()) {
      tell(complaint);
      return false;
    }
  }
  std::string text = std::to_string(plan.applied) +
                     (options.dry_run ? " fixes to apply in " : " fixes applied in ") +
                     std::to_string(plan.files.size()) + " files";
  if (plan.left_out != 0) {
    text += "; " + std::to_string(plan.left_out) + " left out, because they overlap: run it again";
  }
  if (!options.quiet) tell(text);
  if (!options.dry_run) return true;
  if (diff_is_report) return put_report(options, diff);
  std::fwrite(diff.data(), 1, diff.size(), stderr);
  return true;
}

void say_stats(const Analysis& analysis, const Report& report) {
  const Analysis::Counts& counts = analysis.counts();
  const Summary& sum = report.summary;
  tell(std::to_string(sum.analysed) + " units analyzed, " + std::to_string(sum.cached) +
       " from the cache, " + std::to_string(counts.functions) + " functions solved, " +
       std::to_string(counts.gave_up) + " given up, " + std::to_string(sum.ms) + " ms");
}

int exit_code(const Report& report, Analysis& analysis) {
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (analysis.counts_against(diagnostic)) return kExitFindings;
  }
  if (report.summary.failed != 0) return kExitUnread;
  if (report.summary.analysed + report.summary.cached == 0) {
    tell("nothing was analyzed" + analysis.why_nothing());
    return kExitUsage;
  }
  return kExitClean;
}

bool output_is_possible(const Options& options) {
  for (const std::string* file : {&options.output, &options.write_baseline}) {
    if (file->empty()) continue;
    std::error_code error;
    const fs::path parent = fs::absolute(*file).parent_path();
    if (!fs::is_directory(parent, error) || fs::is_directory(*file, error)) {
      tell("'" + *file + "' cannot be written: " +
           (fs::is_directory(*file, error) ? "it is a folder" : "its folder is not there"));
      return false;
    }
  }
  return true;
}

}  // namespace

int run_check(const Options& options) {
  if (!output_is_possible(options)) return kExitUsage;
  const Format format = options.format.value_or(Format::Terminal);
  RenderOptions how{color_of(options), options.quiet, options.verbose, fs::current_path().string()};
  Analysis analysis(options, how.base);
  // Lines appear on stdout while units are read; a file gets its report whole.
  const bool streams = format == Format::Ndjson && options.output.empty();
  if (streams) {
    analysis.on_line([](const std::string& line) {
      std::fwrite(line.data(), 1, line.size(), stdout);
      std::fflush(stdout);
    });
  }
  const std::string complaint = analysis.run();
  if (!complaint.empty()) {
    tell(complaint);
    return kExitUsage;
  }
  Report& report = analysis.report();
  if (!options.write_baseline.empty()) {
    const std::string failed =
        write_in_place(options.write_baseline, baseline_text(report.diagnostics));
    if (!failed.empty()) {
      tell(failed);
      return kExitInternal;
    }
    analysis.learn_baseline(options.write_baseline);
  }
  const bool shows_diff =
      options.dry_run && (format == Format::Terminal || format == Format::Compact);
  bool written = true;
  if (streams) {
    written = std::ferror(stdout) == 0 && std::fflush(stdout) == 0;
    if (!written) tell("the report could not be written to its end");
  } else if (!shows_diff) {
    written = put_report(options, render(report, format, how, analysis.sources()));
  }
  if (options.fix || options.dry_run) {
    written = fix(options, report, analysis, shows_diff) && written;
    if (shows_diff && !options.quiet) tell(summary_text(report));
  }
  if (options.stats) say_stats(analysis, report);
  return written ? exit_code(report, analysis) : kExitInternal;
}

int run_show(const Options& given) {
  std::error_code error;
  if (!fs::is_regular_file(given.paths.front(), error)) {
    tell("'" + given.paths.front() + "' is no file; show takes one");
    return kExitUsage;
  }
  RenderOptions how{color_of(given), false, true, fs::current_path().string()};
  Analysis analysis(given, how.base);
  const std::string complaint = analysis.run();
  if (!complaint.empty()) {
    tell(complaint);
    return kExitUsage;
  }
  Report& report = analysis.report();
  std::string text = analysis.describe(given.paths.front());
  text += render(report, given.format.value_or(Format::Terminal), how, analysis.sources());
  for (const Diagnostic& diagnostic : report.diagnostics) {
    if (!diagnostic.suppression) continue;
    text += "suppressed: " + diagnostic.finding.file + ":" +
            std::to_string(diagnostic.finding.line) + ": " + code_text(diagnostic.finding.code) +
            " (" + std::string(to_string(diagnostic.suppression->kind)) +
            "): " + diagnostic.suppression->reason + "\n";
  }
  for (const FixedFile& file :
       plan_fixes(report.diagnostics, analysis.sources(), [&](const std::string& path) {
         return analysis.absolute(path);
       }).files) {
    text += unified_diff(file);
  }
  if (given.format.value_or(Format::Terminal) != Format::Terminal) {
    text = render(report, *given.format, how, analysis.sources());
  }
  if (!put_report(given, text)) return kExitInternal;
  if (report.summary.failed != 0) return kExitUnread;
  if (report.summary.analysed + report.summary.cached != 0) return kExitClean;
  tell("nothing was analyzed" + analysis.why_nothing());
  return kExitUsage;
}

int run_init(const Options& options) {
  const std::string folder = options.paths.empty() ? "." : options.paths.front();
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    tell("'" + folder + "' is no folder; init writes a .fa.toml into one");
    return kExitUsage;
  }
  const std::string path = (fs::path(folder) / ".fa.toml").lexically_normal().string();
  if (fs::exists(path, error) && !options.force) {
    tell("'" + path + "' is there already; --force writes it anew");
    return kExitUsage;
  }
  const std::string complaint = write_in_place(path, default_config_text());
  if (!complaint.empty()) {
    tell(complaint);
    return kExitInternal;
  }
  if (!options.quiet) tell("wrote '" + path + "'");
  return kExitClean;
}

}  // namespace fa_check
