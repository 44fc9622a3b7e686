// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/diag/json_text.hpp>

#include <cmath>
#include <cstdio>

namespace framealloc {

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

void JsonText::quote(std::string_view text) {
  text_ += '"';
  for (const char character : text) {
    switch (character) {
      case '"':
        text_ += "\\\"";
        break;
      case '\\':
        text_ += "\\\\";
        break;
      case '\n':
        text_ += "\\n";
        break;
      case '\r':
        text_ += "\\r";
        break;
      case '\t':
        text_ += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(character) < 0x20U) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(character));
          text_ += escape;
        } else {
          text_ += character;
        }
    }
  }
  text_ += '"';
}

}  // namespace framealloc
