// SPDX-License-Identifier: MIT OR Apache-2.0
// How figures and names are written in lenses: the same as in the editor's other views and in
// `fa insight`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fa_check::lsp {

// Result: "5.25 MiB": no decimals for B and from 100 on, 1 from 10 on, else 2; "≥ 8.00 PiB" from 2^53.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
// Result: one bar a value, scaled from zero, of the newest eight.
[[nodiscard]] std::string sparkline(std::span<const std::uint64_t> values);
// Result: an arrow: the newest against the mean of the (up to seven) before it.
[[nodiscard]] std::string trend(std::span<const std::uint64_t> values);
// Result: the name of a stranger, cut, without control characters, and without what an editor would
// make an icon of.
[[nodiscard]] std::string label_text(std::string_view name);

[[nodiscard]] std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b);

}  // namespace fa_check::lsp
