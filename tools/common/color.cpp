// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/color.hpp"

#include <unistd.h>

#include <cstdlib>

namespace fa_tools {

namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::Strong:
      return "1";
    case Style::Good:
      return "32";
    case Style::Bad:
      return "33";
    case Style::Faint:
      return "2";
    case Style::Plain:
      break;
  }
  return "";
}

bool is_set(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Color Color::on(std::FILE* file) {
  const char* const terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return Color(!dumb && !is_set("NO_COLOR") && isatty(fileno(file)) != 0);
}

std::string Color::paint(Style style, std::string_view text) const {
  const std::string_view code = code_of(style);
  if (!on_ || code.empty() || text.empty()) return std::string(text);
  return std::string("\033[").append(code).append("m").append(text).append("\033[0m");
}

}  // namespace fa_tools
