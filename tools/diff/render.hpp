// SPDX-License-Identifier: MIT OR Apache-2.0
// A comparison as text and as JSON.
#pragma once

#include "comparison.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fa_diff {

struct RenderOptions {
  std::uint64_t min_bytes = 1;  // rows that changed by less are left out
  std::optional<Limit> total_limit;
  std::optional<Limit> tag_limit;
  std::optional<Limit> device_limit;  // of what a device holds
};

// Result: what is above its limit: "total", paths of tags with their kinds, names of
// devices. Empty: nothing is.
std::vector<std::string> exceeded(const Comparison& comparison, const RenderOptions& options);

std::string render_text(const Comparison& comparison, const RenderOptions& options);
std::string render_json(const Comparison& comparison, const RenderOptions& options);

}  // namespace fa_diff
