// SPDX-License-Identifier: MIT OR Apache-2.0
// The script that the test and the benchmark run.
#pragma once

namespace framealloc::c_hooks {

// Tables that grow and are thrown away, strings, closures: 2,800 requests and 40 KB a round.
inline constexpr const char* kLuaScript = R"(
  local total, kept = 0, {}
  for round = 1, ROUNDS or 40 do
    local list = {}
    for i = 1, 500 do
      list[i] = { id = i, name = "item" .. (i * round), call = function() return i + round end }
    end
    for i = 1, #list do total = total + list[i].call() + #list[i].name end
    kept[round % 4 + 1] = list
  end
  return total
)";

}  // namespace framealloc::c_hooks
