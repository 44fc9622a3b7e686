// SPDX-License-Identifier: MIT OR Apache-2.0
// Codes as text, JSON and Markdown.
#pragma once

#include "catalog.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace fa_explain {

enum class Format { Text, Json, Markdown };

std::optional<Format> parse_format(std::string_view text);

// Result: everything that the manifest says of each row. `whole` is for all codes: Markdown is then
// the page docs/diagnostics.md, with a heading for each category.
std::string explain(const Rows& rows, Format format, bool whole);

// Result: a line for each row.
std::string list(const Rows& rows, Format format);

}  // namespace fa_explain
