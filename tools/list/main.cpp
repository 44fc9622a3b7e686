// SPDX-License-Identifier: MIT OR Apache-2.0
// fa list: the diagnostic codes.
#include "common/exit_codes.hpp"
#include "common/output.hpp"
#include "explain/options.hpp"

#include <string>

namespace {

using namespace fa_explain;

constexpr const char* kVerb = "fa list";

constexpr const char* kHelp =
    "fa list [--category WORD] [--severity WORD] [--raised-by WORD]\n"
    "        [--format text|json|markdown]\n"
    "\n"
    "Lists the diagnostic codes, one a line.\n"
    "\n"
    "  --category WORD   codes of one category only\n"
    "  --severity WORD   hint, warning or error\n"
    "  --raised-by WORD  runtime: raised by the allocator; analyzer: raised by fa check;\n"
    "                    both: raised by both of them\n"
    "  --format FORMAT   text (the default), json or markdown\n"
    "  --version         the version\n"
    "  --help            this text\n"
    "\n"
    "Exit codes: 0 done; 2 wrong arguments; 3 the output could not be written.\n";

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse_list(fa_tools::Arguments::words_of(argc, argv));
  if (!options.complaint.empty()) return fa_tools::complain_usage(kVerb, options.complaint);
  if (options.help) {
    return fa_tools::write_out(kVerb, kHelp + ("\nCategories: " + category_words() + ".\n"));
  }
  if (options.version) {
    return fa_tools::write_out(kVerb, "fa list " FRAMEALLOC_TOOLS_VERSION "\n");
  }
  Rows rows;
  for (const CodeInfo* row : all_rows()) {
    if (options.category && row->category != *options.category) continue;
    if (options.severity && row->severity != *options.severity) continue;
    if (options.raised_by && row->raised_by != *options.raised_by) continue;
    rows.push_back(row);
  }
  return fa_tools::write_out(kVerb, list(rows, options.format));
}
