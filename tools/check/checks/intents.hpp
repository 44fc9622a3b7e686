// SPDX-License-Identifier: MIT OR Apache-2.0
// What an editor says of an allocation that is right: whose memory it is, and where it ends.
#pragma once

#include "checks/analyze.hpp"
#include "checks/findings.hpp"

#include <vector>

namespace fa_check {

// Result: the allocations of frame memory in the main file, by place; each is there once.
[[nodiscard]] std::vector<Intent> intents_of(const CheckInput& input);

}  // namespace fa_check
