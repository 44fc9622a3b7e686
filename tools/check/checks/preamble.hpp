// SPDX-License-Identifier: MIT OR Apache-2.0
// The includes at the head of a unit, kept as Clang's own binary form: what an editor changes is the
// body, which is then read alone.
#pragma once

#include "checks/analyze.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fa_check {

// Where the directives at the head of `text` end.
struct Head {
  unsigned size = 0;  // bytes; 0 where there is nothing to keep
  bool ends_line = false;
};
[[nodiscard]] Head head_of(std::string_view text);

struct BuiltPreamble {
  std::optional<std::string> bytes;  // nothing where the head has errors or cannot be kept
  std::vector<std::string> errors;
};
// Effect: reads the head of the unit, whose text is among the overlays.
[[nodiscard]] BuiltPreamble build_preamble(const UnitInput& input);

}  // namespace fa_check
