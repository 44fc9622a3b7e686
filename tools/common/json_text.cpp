// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/json_text.hpp"

#include "common/terminal_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace fa_tools {

namespace {

void append_unit(std::string& out, unsigned unit) {
  char escape[16];
  std::snprintf(escape, sizeof escape, "\\u%04x", unit);
  out += escape;
}

void append_escaped(std::string& out, char32_t code) {
  switch (code) {
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
  if (code < 0x10000U) return append_unit(out, static_cast<unsigned>(code));
  const auto rest = static_cast<unsigned>(code) - 0x10000U;
  append_unit(out, 0xD800U + (rest >> 10U));
  append_unit(out, 0xDC00U + (rest & 0x3FFU));
}

}  // namespace

void JsonText::new_line() {
  text_ += '\n';
  text_.append(depth_ * 2, ' ');
}

void JsonText::begin_value(std::string_view key) {
  if (depth_ != 0) {
    if (!first_) text_ += ',';
    new_line();
  }
  first_ = false;
  if (key.empty()) return;
  quote(key);
  text_ += ": ";
}

void JsonText::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  text_ += bracket;
  first_ = false;
}

void JsonText::put(std::string_view key, double number) {
  if (!std::isfinite(number)) return put_null(key);
  begin_value(key);
  char digits[32];
  text_.append(digits, std::to_chars(digits, std::end(digits), number).ptr);
}

void JsonText::put_row(std::string_view key, std::span<const std::uint64_t> numbers) {
  begin_value(key);
  std::string_view before = "[";
  for (const std::uint64_t number : numbers) {
    text_ += before;
    text_ += std::to_string(number);
    before = ", ";
  }
  if (numbers.empty()) text_ += before;
  text_ += ']';
}

void JsonText::put_decimal(std::string_view key, double number, int decimals) {
  if (!std::isfinite(number)) return put_null(key);
  begin_value(key);
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.*f", decimals, number);
  for (char& digit : digits) {
    if (digit == ',') digit = '.';  // a program may have set a locale that writes it so
  }
  text_ += digits;
}

void append_json_quoted(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!character.valid) {
      out += "\xef\xbf\xbd";
    } else if (character.code == U'"' || character.code == U'\\') {
      out += '\\';
      out += text[0];
    } else if (is_steering(character.code)) {
      append_escaped(out, character.code);
    } else {
      out += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  out += '"';
}

}  // namespace fa_tools
