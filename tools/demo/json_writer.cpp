// SPDX-License-Identifier: MIT OR Apache-2.0
#include "json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace fa_demo {

void JsonWriter::new_line() {
  text_ += '\n';
  text_.append(static_cast<std::size_t>(depth_) * 2, ' ');
}

void JsonWriter::begin_value(std::string_view key) {
  if (depth_ != 0) {
    if (!first_) text_ += ',';
    // Long arrays of plain numbers stay on one line; whatever has a key gets its own.
    if (!key.empty()) {
      new_line();
    } else if (!first_) {
      text_ += ' ';
    }
  }
  first_ = false;
  if (!key.empty()) {
    quote(key);
    text_ += ": ";
  }
}

void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_ && bracket == '}') new_line();
  text_ += bracket;
  first_ = false;
}

void JsonWriter::put(std::string_view key, double number) {
  if (!std::isfinite(number)) {
    put_null(key);  // JSON has no infinity
    return;
  }
  begin_value(key);
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text_.append(digits.data(), end);
}

void JsonWriter::quote(std::string_view text) {
  text_ += '"';
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      text_ += '\\';
      text_ += character;
    } else if (static_cast<unsigned char>(character) < 0x20U) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(character));
      text_ += escape.data();
    } else {
      text_ += character;
    }
  }
  text_ += '"';
}

}  // namespace fa_demo
