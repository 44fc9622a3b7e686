// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdio>
#include <fstream>
#include <string>

#include "interrupt.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "reports.hpp"
#include "run.hpp"

namespace {

using namespace fa_demo;

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  return file.good();
}

int exit_code_of(const RunResult& run) {
  if (!run.same_checksums) return kExitDifferent;
  if (run.interrupted) return kExitInterrupted;
  const SideResult* ours = run.side("framealloc");
  if (run.options.check && ours != nullptr && !steady_complaints(run, *ours).empty()) {
    return kExitNotSteady;
  }
  return kExitOk;
}

// Found out now, not after half a minute of work.
bool can_write(const std::string& path, const char* what) {
  if (path.empty()) return true;
  const std::ofstream probe(path, std::ios::app);
  if (probe) return true;
  std::fprintf(stderr,
               "fa-demo: cannot write the %s '%s': its folder must exist and be writable. Choose "
               "another file with --%s.\n",
               what, path.c_str(), what);
  return false;
}

int play(const Options& options) {
  if (options.traced_child) {
    run_traced_child(options);
    return kExitOk;
  }
  if (!can_write(options.report_path, "report") || !can_write(options.trace_path, "trace")) {
    return kExitReport;
  }
  catch_interrupts();
  RunResult run;
  {
    Progress progress(!options.quiet);
    run = run_demo(options, progress);
  }
  const Machine machine = read_machine();
  const std::string text = options.json ? json_report(run, machine) : text_report(run, machine);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) return kExitReport;
  if (!options.report_path.empty()) {
    if (!write_file(options.report_path, html_report(run, machine))) {
      std::fprintf(stderr, "fa-demo: the report '%s' could not be written; is the disk full?\n",
                   options.report_path.c_str());
      return kExitReport;
    }
    if (!options.json) std::printf("report written to %s\n", options.report_path.c_str());
  }
  if (!run.trace_complaint.empty()) {
    std::fprintf(stderr, "fa-demo: the trace could not be written: %s\n",
                 run.trace_complaint.c_str());
    return kExitReport;
  }
  if (!options.trace_path.empty() && !run.interrupted && !options.json) {
    std::printf("trace written to %s\n", options.trace_path.c_str());
  }
  return exit_code_of(run);
}

}  // namespace

int main(int argc, char** argv) {
  const ParsedOptions parsed = parse_options(
      std::span<char* const>(argv + 1, argc > 0 ? static_cast<std::size_t>(argc - 1) : 0));
  switch (parsed.wanted) {
    case ParsedOptions::Wanted::Help:
      std::fputs(help_text().c_str(), stdout);
      return kExitOk;
    case ParsedOptions::Wanted::Version:
      std::puts("fa-demo " FRAMEALLOC_TOOLS_VERSION);
      return kExitOk;
    case ParsedOptions::Wanted::Complaint:
      std::fprintf(stderr, "%s\n", parsed.complaint.c_str());
      return kExitUsage;
    case ParsedOptions::Wanted::Run:
      break;
  }
  return play(parsed.options);
}
