// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bug.hpp"
#include "common/color.hpp"
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "common/progress.hpp"
#include "common/terminal_text.hpp"
#include "interrupt.hpp"
#include "options.hpp"
#include "reports.hpp"
#include "run.hpp"

#include <cstdio>
#include <fstream>
#include <string>

namespace {

using namespace fa_demo;

constexpr const char* kVerb = "fa demo";

int exit_code_of(const RunResult& run) {
  if (!run.same_checksums || (run.bug.asked && !run.bug.caught)) return fa_tools::kExitNo;
  if (run.interrupted) return fa_tools::kExitInterrupted;
  const SideResult* ours = run.side("framealloc");
  if (run.options.check && ours != nullptr && !steady_complaints(run, *ours).empty()) {
    return fa_tools::kExitNo;
  }
  return fa_tools::kExitOk;
}

// Found out now, not after half a minute of work.
bool can_write(const std::string& path, const char* option) {
  if (path.empty()) return true;
  const std::ofstream probe(path, std::ios::app);
  if (probe) return true;
  fa_tools::complain(kVerb,
                     "cannot write '" + path +
                         "': its folder must exist and be writable. Choose another file with " +
                         option,
                     fa_tools::kExitWrite);
  return false;
}

int play(const Options& options) {
  if (options.traced_child) {
    run_traced_child(options);
    return fa_tools::kExitOk;
  }
  if (options.bug_child) {
    run_bug_child(options);
    return fa_tools::kExitOk;
  }
  if (!can_write(options.report_path, "--report") || !can_write(options.trace_path, "--trace")) {
    return fa_tools::kExitWrite;
  }
  catch_interrupts();
  RunResult run;
  {
    fa_tools::Progress progress(!options.quiet);
    run = run_demo(options, progress);
  }
  const Machine machine = read_machine();
  std::string text = options.json ? json_report(run, machine)
                                  : text_report(run, machine, fa_tools::Color::on(stdout));
  std::string complaint;
  if (!options.report_path.empty()) {
    complaint = fa_tools::write_file(options.report_path, html_report(run, machine));
    if (complaint.empty() && !options.json) {
      text += "report written to " + fa_tools::printable(options.report_path) + "\n";
    }
  }
  if (complaint.empty() && !run.trace_complaint.empty()) {
    complaint = "the trace could not be written: " + run.trace_complaint;
  } else if (!options.trace_path.empty() && !run.interrupted && !options.json) {
    text += "trace written to " + fa_tools::printable(options.trace_path) + "\n";
  }
  const int written = fa_tools::write_out(kVerb, text);
  if (!complaint.empty()) return fa_tools::complain(kVerb, complaint, fa_tools::kExitWrite);
  return written == fa_tools::kExitOk ? exit_code_of(run) : written;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_options(fa_tools::Arguments::words_of(argc, argv));
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) return fa_tools::write_out(kVerb, help_text());
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa demo " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  return play(options);
}
