// SPDX-License-Identifier: MIT OR Apache-2.0
// fa explain: what a code means and what helps.
#include "options.hpp"

#include <cstdio>

namespace {

using namespace fa_explain;

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
  std::string text = "fa explain: no code or slug '" + name + "'";
  const std::vector<std::string> similar = similar_names(name);
  for (std::size_t i = 0; i < similar.size(); ++i) {
    text += (i == 0 ? "; did you mean " : ", ") + similar[i];
  }
  if (!similar.empty()) text += "?";
  std::fprintf(stderr, "%s; `fa list` shows all\n", text.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const Options options =
      parse_explain(std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options.complaint.empty()) {
    std::fprintf(stderr, "fa explain: %s; `fa explain --help` shows what there is\n",
                 options.complaint.c_str());
    return kExitUsage;
  }
  if (options.help) return write_out(kHelp);
  if (options.version) return write_out("fa explain " FRAMEALLOC_TOOLS_VERSION "\n");
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
  if (rows.empty()) return kExitUnknown;
  const int exit_code = write_out(explain(rows, options.format, options.all));
  return exit_code == kExitOk && !known ? kExitUnknown : exit_code;
}
