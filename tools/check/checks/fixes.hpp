// SPDX-License-Identifier: MIT OR Apache-2.0
// Changes that repair a finding and nothing else.
#pragma once

#include "checks/findings.hpp"

namespace fa_check {

// Result: empties the member or variable `into` before the call at `end`, which ends the frame of
// what it holds; nothing where the name does not mean it there, or where it may hold more than that.
[[nodiscard]] std::optional<Fix> reset_before_end(const CheckInput& input, PlaceId into,
                                                  SiteId end);

}  // namespace fa_check
