// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/terminal_text.hpp"

#include <cstdio>

namespace fa_tools {

namespace {

void append_escaped(std::string& out, const Character& character) {
  switch (character.code) {
    case U'\n':
      out += "\\n";
      return;
    case U'\r':
      out += "\\r";
      return;
    case U'\t':
      out += "\\t";
      return;
    default:
      break;
  }
  char escape[16];
  const auto code = static_cast<unsigned>(character.code);
  const bool is_byte = !character.valid || code < 0x80U;
  std::snprintf(escape, sizeof escape, is_byte ? "\\x%02x" : "\\u%04x", code);
  out += escape;
}

std::string escaped(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const bool kept = keep_lines && character.code == U'\n';
    if (character.valid && (kept || !is_steering(character.code))) {
      out += text.substr(0, character.bytes);
    } else {
      append_escaped(out, character);
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

}  // namespace

// Unicode, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
Character first_character(std::string_view text) {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = at(0);
  if (first < 0x80U) return {1, first, true};
  if (first < 0xC2U || first > 0xF4U) return {1, first, false};
  const std::size_t bytes = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  unsigned least = 0x80U, most = 0xBFU;  // of the second byte
  if (first == 0xE0U) least = 0xA0U;
  if (first == 0xEDU) most = 0x9FU;
  if (first == 0xF0U) least = 0x90U;
  if (first == 0xF4U) most = 0x8FU;
  if (at(1) < least || at(1) > most) return {1, first, false};
  char32_t code = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (at(i) < 0x80U || at(i) > 0xBFU) return {1, first, false};
    code = (code << 6U) | (at(i) & 0x3FU);
  }
  return {bytes, code, true};
}

bool is_steering(char32_t code) {
  if (code < 0x20U || (code >= 0x7FU && code < 0xA0U)) return true;
  if (code == 0xADU || code == 0x61CU || code == 0xFEFFU) return true;
  return (code >= 0x200BU && code <= 0x200FU) || (code >= 0x2028U && code <= 0x202EU) ||
         (code >= 0x2060U && code <= 0x206FU) || (code >= 0xFFF9U && code <= 0xFFFBU) ||
         (code >= 0xE0000U && code <= 0xE007FU);
}

std::string printable(std::string_view text) { return escaped(text, false); }
std::string printable_lines(std::string_view text) { return escaped(text, true); }

}  // namespace fa_tools
