// SPDX-License-Identifier: MIT OR Apache-2.0
// What fa explain and fa list are asked for.
#pragma once

#include "catalogue.hpp"
#include "render.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fa_explain {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUnknown = 1;  // no such code
inline constexpr int kExitUsage = 2;
inline constexpr int kExitWrite = 3;  // standard output could not be written

struct Options {
  Format format = Format::Text;
  bool help = false;
  bool version = false;
  bool all = false;                  // explain
  std::vector<std::string> names;    // explain
  std::optional<Category> category;  // list, and so on
  std::optional<Severity> severity;
  std::optional<RaisedBy> raised_by;
  std::string complaint;  // not empty: what is wrong with the arguments
};

Options parse_explain(std::span<char* const> arguments);
Options parse_list(std::span<char* const> arguments);

// Effect: writes `text` to standard output. Result: an exit code.
int write_out(const std::string& text);

}  // namespace fa_explain
