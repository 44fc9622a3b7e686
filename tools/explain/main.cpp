// SPDX-License-Identifier: MIT OR Apache-2.0
// fa explain: what a code means and what helps.
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "options.hpp"

#include <string>
#include <vector>

namespace {

using namespace fa_explain;

constexpr const char* kVerb = "fa explain";

constexpr const char* kHelp =
    "fa explain CODE... [--format text|json|markdown]\n"
    "fa explain --all [--format text|json|markdown]\n"
    "\n"
    "Says what diagnostic codes mean and what helps. A code is FA310, 310 or its slug,\n"
    "global-limit. --all --format markdown is the page docs/diagnostics.md.\n"
    "\n"
    "  --all            every code\n"
    "  --format FORMAT  text (the default), json or markdown\n"
    "  --version        the version\n"
    "  --help           this text\n"
    "\n"
    "Exit codes: 0 done; 1 no such code; 2 wrong arguments; 3 the output could not be written.\n";

void complain_unknown(const std::string& name) {
  std::string text = "no code or slug '" + name + "'";
  const std::vector<std::string> similar = similar_names(name);
  for (std::size_t i = 0; i < similar.size(); ++i) {
    text += (i == 0 ? "; did you mean " : ", ") + similar[i];
  }
  if (!similar.empty()) text += "?";
  fa_tools::complain(kVerb, text + "; `fa list` shows all", fa_tools::kExitNo);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_explain(fa_tools::Arguments::words_of(argc, argv));
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) return fa_tools::write_out(kVerb, kHelp);
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa explain " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  Rows rows = options.all ? all_rows() : Rows{};
  bool known = true;
  for (const std::string& name : options.names) {
    if (const CodeInfo* const row = find_row(name)) {
      rows.push_back(row);
    } else {
      complain_unknown(name);
      known = false;
    }
  }
  if (rows.empty()) return fa_tools::kExitNo;
  const int written = fa_tools::write_out(kVerb, explain(rows, options.format, options.all));
  return written == fa_tools::kExitOk && !known ? fa_tools::kExitNo : written;
}
