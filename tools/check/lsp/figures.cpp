// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/figures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>

namespace fa_check::lsp {

namespace {

constexpr std::size_t kShown = 8;
constexpr std::size_t kLongestName = 200;

// Result: the character at `at`, which is moved behind it; U+FFFD for bytes that are none.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at++);
  if (first < 0x80) return first;
  const unsigned more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
  if (more == 0 || first > 0xF4 || at + more > text.size()) return 0xFFFD;
  char32_t value = first & (0x3FU >> more);
  for (unsigned i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0xFFFD;
    value = value << 6U | (byte(at + i) & 0x3FU);
  }
  at += more;
  return value;
}

// Control characters, and those that turn the direction of what follows.
bool may_deceive(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b
             ? std::numeric_limits<std::uint64_t>::max()
             : a + b;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes >= std::uint64_t{1} << 53U) return "\u2265 8.00 PiB";
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  // What rounds up to 1024 is one of the next unit.
  if (unit > 0 && unit + 1 < kUnits.size() && std::floor(size + 0.5) >= 1024) {
    size /= 1024;
    ++unit;
  }
  const int decimals = unit == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.*f %s", decimals, size, kUnits[unit]);
  return text.data();
}

std::string sparkline(std::span<const std::uint64_t> values) {
  constexpr std::array<const char*, 8> kBars{"\u2581", "\u2582", "\u2583", "\u2584",
                                             "\u2585", "\u2586", "\u2587", "\u2588"};
  const auto shown = values.last(std::min(values.size(), kShown));
  std::uint64_t most = 0;
  for (const std::uint64_t value : shown) most = std::max(most, value);
  std::string text;
  for (const std::uint64_t value : shown) {
    const double part = most == 0 ? 0 : 7 * static_cast<double>(value) / static_cast<double>(most);
    text += kBars[static_cast<std::size_t>(std::floor(part + 0.5))];
  }
  return text;
}

std::string trend(std::span<const std::uint64_t> values) {
  const auto shown = values.last(std::min(values.size(), kShown));
  if (shown.size() < 2) return "\u2192";
  double mean = 0;
  for (const std::uint64_t value : shown.first(shown.size() - 1))
    mean += static_cast<double>(value) / static_cast<double>(shown.size() - 1);
  const auto newest = static_cast<double>(shown.back());
  if (newest > mean * 1.05) return "\u2197";
  return newest < mean * 0.95 ? "\u2198" : "\u2192";
}

std::string label_text(std::string_view name) {
  std::string text;
  std::size_t count = 0;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t from = at;
    const char32_t c = next_character(name, at);
    if (++count == kLongestName && at < name.size()) return text + "\u2026";
    if (may_deceive(c) || c == 0xFFFD)
      text += "\uFFFD";
    else
      text += name.substr(from, at - from);
    // A character of no width: what is read stays the same.
    if (c == '$' && at < name.size() && name[at] == '(') text += "\u200B";
  }
  return text;
}

}  // namespace fa_check::lsp
