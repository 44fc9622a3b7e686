// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

namespace fa_explain {
namespace {

using fa_tools::Arguments;

// Result: whether the argument is one that both programs know.
bool take_format(Arguments& arguments, Options& options) {
  if (!arguments.is("--format")) return false;
  arguments.parsed(options.format, &parse_format, "text, json or markdown");
  return true;
}

}  // namespace

Options parse_explain(std::span<char* const> words) {
  Options options;
  Arguments arguments(words, options);
  while (arguments.next()) {
    if (take_format(arguments, options)) continue;
    if (arguments.is("--all")) {
      options.all = true;
    } else if (arguments.is_operand()) {
      options.names.emplace_back(arguments.name());
    } else {
      arguments.refuse();
    }
  }
  if (!options.wants_run()) return options;
  if (options.all && !options.names.empty()) options.complaint = "--all and a code";
  if (!options.all && options.names.empty()) options.complaint = "no code given";
  return options;
}

Options parse_list(std::span<char* const> words) {
  Options options;
  Arguments arguments(words, options);
  while (arguments.next()) {
    if (take_format(arguments, options)) continue;
    if (arguments.is("--category")) {
      arguments.parsed(options.category, &parse_category, category_words());
    } else if (arguments.is("--severity")) {
      arguments.parsed(options.severity, &parse_severity, "hint, warning or error");
    } else if (arguments.is("--raised-by")) {
      arguments.parsed(options.raised_by, &parse_raised_by, "runtime, analyzer or both");
    } else {
      arguments.refuse();
    }
  }
  return options;
}

}  // namespace fa_explain
