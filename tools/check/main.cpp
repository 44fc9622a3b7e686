// SPDX-License-Identifier: MIT OR Apache-2.0
// fa check: finds memory that is used after its frame, before the program runs.
#include "checks/analyze.hpp"
#include "cli/options.hpp"
#include "cli/run.hpp"
#include "cli/tidy_selftest.hpp"
#include "common/output.hpp"
#include "lsp/server.hpp"

#include <csignal>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  using namespace fa_check;
  // A reader that goes away is an error of writing, told as such.
  std::signal(SIGPIPE, SIG_IGN);
  fa_tools::CommonOptions common;
  const Options options = parse_options({argv + (argc > 0 ? 1 : 0), argv + argc}, common);
  if (common.help) return fa_tools::write_out("fa check", help_text()) == 0 ? 0 : kExitInternal;
  if (common.version) {
    const std::string text =
        "fa-check " FRAMEALLOC_TOOLS_VERSION " (LLVM " + llvm_version() + ")\n";
    return fa_tools::write_out("fa check", text) == 0 ? 0 : kExitInternal;
  }
  if (!common.complaint.empty()) return fa_tools::complain_usage("fa check", common.complaint);
  if (options.tidy_selftest) return run_tidy_selftest(*options.tidy_selftest);
  switch (options.verb) {
    case Verb::Check:
      return run_check(options);
    case Verb::Show:
      return run_show(options);
    case Verb::Init:
      return run_init(options);
    case Verb::Merge:
      return run_merge(options);
    case Verb::Lsp:
      return lsp::run_server();
  }
  return kExitInternal;
}
