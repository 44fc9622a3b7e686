// SPDX-License-Identifier: MIT OR Apache-2.0
// The result of a unit as text: it crosses from the process that analyzed the unit, and lies in the
// cache.
#pragma once

#include "checks/analyze.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace fa_check {

[[nodiscard]] std::string record_of(const UnitResult& result);
// Result: what `record_of` wrote; empty when `text` is anything else.
[[nodiscard]] std::optional<UnitResult> read_record(std::string_view text);

}  // namespace fa_check
