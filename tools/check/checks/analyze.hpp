// SPDX-License-Identifier: MIT OR Apache-2.0
// The door to the analyzer: one translation unit in, its findings out.
#pragma once

#include "model/finding.hpp"
#include "model/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_check {

// The head of a unit in Clang's binary form (preamble.hpp).
struct Preamble {
  std::string_view bytes;  // must outlive the analysis
  unsigned size = 0;       // of the head, in bytes of the source
  bool ends_line = false;
};

struct UnitInput {
  std::string file;       // absolute
  std::string directory;  // where the command runs
  // The compile command without the compiler, the source file, -c and -o: "-std=c++20", "-Iinclude".
  std::vector<std::string> arguments;
  // Contents that replace those of files on disk (of an editor): absolute path, text.
  std::vector<std::pair<std::string, std::string>> overlays;
  Settings settings;
  std::optional<Preamble> preamble;  // of the file as the overlays have it; headers are then untold
  bool wants_intents = false;        // for editors
};

// Something that was taken for granted, or not looked at: told under "assumptions".
struct Assumption {
  std::string file;
  unsigned line = 0;
  std::string function;
  std::string message;
};

// An allocation of frame memory in the main file, and where that memory may end.
struct Intent {
  unsigned line = 0;
  unsigned column = 0;
  unsigned end_line = 0;
  unsigned end_column = 0;
  std::string owner;  // the name of its allocator; "" when it has none
  bool of_thread = false;
  std::vector<Related> ends;  // none: whoever calls ends it
};

struct UnitResult {
  // False when the unit has errors; findings are then empty, parse_errors are not.
  bool parsed = false;
  std::vector<std::string> parse_errors;  // "file:line:column: message"
  std::vector<Finding> findings;          // sorted by file, line, column, code
  std::vector<Intent> intents;            // where they were wanted; sorted
  std::vector<std::string> headers;       // read besides the main file, absolute, sorted
  std::vector<Assumption> assumptions;    // functions given up, callees that nobody sees
  unsigned functions = 0;                 // solved
  unsigned gave_up = 0;                   // hit a limit; each is among the assumptions
  bool model_seen = false;                // a name of the model occurs in the unit
};

// Effect: parses the unit and runs all checks. Reads files; writes nothing and prints nothing.
// Any number of threads may call it at the same time.
[[nodiscard]] UnitResult analyze_unit(const UnitInput& input);

// "19.1.7"
[[nodiscard]] std::string llvm_version();

}  // namespace fa_check
