// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace fa_demo {

/// Writes JSON text; the caller opens and closes in pairs, and gives a key inside objects.
class JsonWriter {
 public:
  void open_object(std::string_view key = {}) { open(key, '{'); }
  void close_object() { close('}'); }
  void open_array(std::string_view key = {}) { open(key, '['); }
  void close_array() { close(']'); }

  void put(std::string_view key, std::string_view text) {
    begin_value(key);
    quote(text);
  }
  void put(std::string_view key, const char* text) { put(key, std::string_view(text)); }
  void put(std::string_view key, double number);
  template <class Number>
    requires std::is_integral_v<Number>
  void put(std::string_view key, Number number) {
    begin_value(key);
    if constexpr (std::is_same_v<Number, bool>) {
      text_ += number ? "true" : "false";
    } else {
      text_ += std::to_string(number);
    }
  }
  void put_null(std::string_view key) {
    begin_value(key);
    text_ += "null";
  }
  /// An element of an array.
  void add(std::uint64_t number) { put({}, number); }

  /// The whole text, with a line end.
  std::string take() {
    text_ += '\n';
    return std::move(text_);
  }

 private:
  void open(std::string_view key, char bracket) {
    begin_value(key);
    text_ += bracket;
    first_ = true;
    ++depth_;
  }
  void close(char bracket);
  void begin_value(std::string_view key);
  void quote(std::string_view text);
  void new_line();

  std::string text_;
  unsigned depth_ = 0;
  bool first_ = true;
};

}  // namespace fa_demo
