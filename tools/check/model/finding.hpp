// SPDX-License-Identifier: MIT OR Apache-2.0
// What the analyzer says about one place: the value that checks make and reports print. Lines and
// columns count from 1, columns in UTF-8 bytes; ends are exclusive. Paths are absolute.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace fa_check {

// A second place of a finding: where the memory was made, where it flowed, where it ended.
struct Related {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string message;
};

// Replaces a range of a file by `text`; an empty range inserts.
struct Edit {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  unsigned end_line = 0;
  unsigned end_column = 0;
  std::string text;
};

struct Fix {
  std::string message;
  std::vector<Edit> edits;
};

struct Finding {
  unsigned code = 0;  // 606 for FA606
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  unsigned end_line = 0;
  unsigned end_column = 0;
  std::string function;  // qualified, with parameter types; "" outside of functions
  std::string message;
  std::vector<std::string> notes;
  std::vector<Related> related;
  std::optional<Fix> fix;
};

}  // namespace fa_check
