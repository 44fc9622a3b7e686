// SPDX-License-Identifier: MIT OR Apache-2.0
// Codes as people write them: FA606, 606, use-after-end, or FA6xx for a range.
#pragma once

#include <framealloc/codes.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fa_check {

using framealloc::CodeInfo;
using framealloc::Severity;

// One code, or the codes of a range, out of those that the analyzer raises.
struct CodeChoice {
  std::vector<unsigned> codes;
  bool is_range = false;
};

// Result: the codes that the analyzer can raise, ascending.
[[nodiscard]] const std::vector<unsigned>& analyzer_codes();
// Result: what `text` means; empty where it is neither a code of the analyzer nor a range with one.
[[nodiscard]] std::optional<CodeChoice> parse_codes(std::string_view text);
// Result: "there is no code 'FA66'; the nearest is FA606".
[[nodiscard]] std::string no_such_code(std::string_view text);

// Result: "FA606".
[[nodiscard]] std::string code_text(unsigned code);
[[nodiscard]] const CodeInfo& info_of(unsigned code);

// Result: how many letters must change, appear or vanish to make `b` of `a`, without regard to case.
[[nodiscard]] std::size_t distance(std::string_view a, std::string_view b);
// Result: the word that is most like `text`; "" when none resembles it.
[[nodiscard]] std::string nearest(std::string_view text, const std::vector<std::string>& words);

}  // namespace fa_check
