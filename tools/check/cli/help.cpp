// SPDX-License-Identifier: MIT OR Apache-2.0
// What --help says.
#include "cli/options.hpp"

namespace fa_check {

std::string help_text() {
  return R"(fa check - finds memory that is used after its frame, before the program runs

usage: fa check [PATH]... [options] [-- COMPILER-OPTIONS]
       fa check show FILE        everything about one file, suppressed findings too
       fa check init [--force] [DIR]   write a .fa.toml with every default
       fa check --tidy-selftest [CLANG_TIDY]   whether the module for clang-tidy finds a bug in it
       fa lsp                    serve an editor over standard input and output
       fa merge --format F FILES       join reports of shards (json or sarif)

PATH: files and folders; none = the project around the current folder.

which units, and how they are compiled
  -p, --build DIR        where compile_commands.json is; else it is looked for
  -- OPTIONS             what to compile with where no database says it, after -std=c++20
  --exclude GLOB         leave files out
  --changed [REF]        units changed since REF (default HEAD), with all that include a changed header
  --shard I/N            every N-th unit

which findings
  --dirtymem --threading --budgets --async-safety --gpu --architecture --physics --all
                         groups of codes, additive; all when none is given
  --only A,B  --skip A,B   codes: FA601, 601, frame-escape, or FA6xx
  --deny CODE  --allow CODE
  --min-severity hint|warning|error
  --deny-warnings        warnings make the exit code 1
  --config FILE  --no-config   else .fa.toml in the folder of each source and its parents
  --baseline FILE        known findings are reported as suppressed
  --write-baseline FILE  the findings of this run become known

how it runs
  --jobs N  --timeout SECONDS (for each unit)  --fail-fast
  --cache DIR  --no-cache
  --strict-annotations   list every function that gets frame memory and that nobody sees into

what comes out
  --format terminal|compact|json|ndjson|sarif|junit|checkstyle|github
  --output FILE  --color auto|always|never
  --fix                  apply the safe fixes; --fix --dry-run prints them as a unified diff
  -q, --quiet  -v, --verbose  --stats  --version  --help

exit codes
  0  analyzed, and nothing found at the chosen level
  1  findings: an error, a denied code, or a warning with --deny-warnings
  2  wrong arguments or configuration, or nothing was analyzed
  3  some unit could not be parsed or ran out of time (1 comes first)
  4  internal error, or the report could not be written
)";
}

}  // namespace fa_check
