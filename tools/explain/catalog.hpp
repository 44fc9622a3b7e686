// SPDX-License-Identifier: MIT OR Apache-2.0
// Finding codes in the manifest by what a person types.
#pragma once

#include <framealloc/codes.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fa_explain {

using framealloc::Category;
using framealloc::CodeInfo;
using framealloc::RaisedBy;
using framealloc::Severity;

using Rows = std::vector<const CodeInfo*>;

Rows all_rows();

// Result: the row that `name` means: "FA310", "fa310", "310" or the slug "global-limit"; null when
// there is none.
const CodeInfo* find_row(std::string_view name);

// Result: the slugs and ids that look most like `name`, best first, three at most.
std::vector<std::string> similar_names(std::string_view name);

std::string_view to_string(RaisedBy raised_by);
std::optional<Category> parse_category(std::string_view text);
std::optional<Severity> parse_severity(std::string_view text);
std::optional<RaisedBy> parse_raised_by(std::string_view text);
// Result: the words that parse_category() knows, separated by ", ".
std::string category_words();

}  // namespace fa_explain
