// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/json_text.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace framealloc {

namespace {

// Result: bytes of the UTF-8 sequence that `text` begins with; 0 when it is none (Unicode, table
// 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) noexcept {
  const auto at = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = at(0);
  const std::size_t length = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
  if (first < 0xC2U || first > 0xF4U) return 0;
  unsigned least = 0x80, most = 0xBF;  // of the second byte
  if (first == 0xE0U) least = 0xA0;
  if (first == 0xEDU) most = 0x9F;
  if (first == 0xF0U) least = 0x90;
  if (first == 0xF4U) most = 0x8F;
  if (at(1) < least || at(1) > most) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (at(i) < 0x80U || at(i) > 0xBFU) return 0;
  }
  return length;
}

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
      const std::size_t length = sequence_length(text.substr(at));
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
