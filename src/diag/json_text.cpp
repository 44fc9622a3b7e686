// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/json_text.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>

#include "diag/utf8.hpp"

namespace framealloc {

namespace {

void append_ascii(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(character) >= 0x20U) {
    out += character;
    return;
  }
  char escape[8];
  std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(character));
  out += escape;
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
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80U) {
      const std::size_t length = detail::sequence_length(text.substr(at));
      out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(at, length);
      at += length == 0 ? 1 : length;
      continue;
    }
    append_ascii(out, text[at]);
    ++at;
  }
  out += '"';
}

}  // namespace framealloc
