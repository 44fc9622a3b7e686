// SPDX-License-Identifier: MIT OR Apache-2.0
// Color in the reports, where it helps and nobody minds.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace fa_tools {

enum class Style { Plain, Strong, Good, Bad, Faint };

class Color {
 public:
  // Result: none.
  Color() = default;
  // Result: color when `file` is a terminal that has it. NO_COLOR (no-color.org) forbids it.
  static Color on(std::FILE* file);
  static Color always() { return Color(true); }

  std::string paint(Style style, std::string_view text) const;

 private:
  explicit Color(bool on) : on_(on) {}
  bool on_ = false;
};

}  // namespace fa_tools
