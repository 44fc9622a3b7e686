// SPDX-License-Identifier: MIT OR Apache-2.0
// What fa explain and fa list are asked for.
#pragma once

#include "common/arguments.hpp"

#include "catalog.hpp"
#include "render.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fa_explain {

struct Options : fa_tools::CommonOptions {
  Format format = Format::Text;
  bool all = false;                  // explain
  std::vector<std::string> names;    // explain
  std::optional<Category> category;  // list, and so on
  std::optional<Severity> severity;
  std::optional<RaisedBy> raised_by;
};

Options parse_explain(std::span<char* const> arguments);
Options parse_list(std::span<char* const> arguments);

}  // namespace fa_explain
