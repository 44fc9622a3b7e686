// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON, written key by key.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

// Effect: appends `text` in quotes and escaped. Bytes that are not UTF-8 become U+FFFD, so that the
// result is always valid JSON.
void append_json_quoted(std::string& out, std::string_view text);

// Objects and arrays are opened and closed in pairs; a value in an object has a key, one in an
// array has none. Two spaces for each level; arrays without elements stay on their line. Keys and
// texts are UTF-8, and escaped; see append_json_quoted(). Thread contract: one thread.
class JsonText {
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
  // Effect: a number by the fewest digits that read back the same; null when it is no finite
  // number, which JSON lacks.
  void put(std::string_view key, double number);
  // Effect: the same with so many decimals.
  void put_decimal(std::string_view key, double number, int decimals);
  void put_null(std::string_view key) {
    begin_value(key);
    text_ += "null";
  }
  // Effect: an array of numbers on one line, however many there are.
  void put_row(std::string_view key, std::span<const std::uint64_t> numbers);
  // Elements of an array.
  void add(std::string_view text) { put({}, text); }

  // Result: the whole text, with a line end.
  [[nodiscard]] std::string take() {
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
  void quote(std::string_view text) { append_json_quoted(text_, text); }
  void new_line();

  std::string text_;
  std::size_t depth_ = 0;
  bool first_ = true;
};

}  // namespace framealloc
