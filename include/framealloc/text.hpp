// SPDX-License-Identifier: MIT OR Apache-2.0
// A short text in place. Reports are written when memory is short, so writing one allocates
// nothing.
#pragma once

#include <framealloc/detail/base/bytes.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

/// At most N - 1 characters; what does not fit is cut, and the text ends in "..." then.
template <std::size_t N>
class Text {
  static_assert(N >= 8);

 public:
  Text() = default;
  Text(std::string_view text) noexcept { append(text); }  ///< implicit: a literal is a Text
  Text(const char* text) noexcept { append(std::string_view(text)); }

  Text& append(std::string_view text) noexcept {
    const std::size_t room = N - 1 - size_;
    const std::size_t n = text.size() < room ? text.size() : room;
    if (n != 0) detail::copy_bytes(data_ + size_, text.data(), n);
    size_ += n;
    if (n < text.size()) detail::copy_bytes(data_ + N - 4, "...", 3);
    data_[size_] = '\0';
    return *this;
  }
  Text& append(char character) noexcept { return append(std::string_view(&character, 1)); }
  template <std::integral I>
  Text& append(I value) noexcept {
    bool negative = false;
    if constexpr (std::signed_integral<I>) negative = value < 0;
    // Not std::to_chars(): its tables are unique symbols, see FRAMEALLOC_OWN_COPY.
    const auto magnitude = static_cast<std::uint64_t>(value);
    return append_digits<10>(negative ? 0 - magnitude : magnitude, negative ? "-" : "");
  }
  Text& append_hex(std::size_t value) noexcept { return append_digits<16>(value, "0x"); }
  /// Bytes as people read them, exact in brackets: "1.5 MiB (1572864 B)".
  Text& append_bytes(std::size_t bytes) noexcept {
    constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) return append(bytes).append(" B");
    std::size_t unit = 0;
    std::size_t scaled = bytes;  // in units of kUnits[unit] / 1024
    while (scaled >= 1024 * 1024 && unit + 1 < 4) {
      scaled >>= 10;
      ++unit;
    }
    append(scaled >> 10);
    const std::size_t tenths = (scaled & 1023) * 10 / 1024;
    if (tenths != 0) append(".").append(tenths);
    return append(" ").append(kUnits[unit]).append(" (").append(bytes).append(" B)");
  }

  [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }
  [[nodiscard]] const char* c_str() const noexcept { return data_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  operator std::string_view() const noexcept { return view(); }
  void clear() noexcept {
    size_ = 0;
    data_[0] = '\0';
  }

 private:
  template <unsigned Base>
  Text& append_digits(std::uint64_t value, std::string_view prefix) noexcept {
    char digits[24];
    std::size_t begin = sizeof digits;
    do {
      digits[--begin] = "0123456789abcdef"[value % Base];
      value /= Base;
    } while (value != 0);
    return append(prefix).append(std::string_view(digits + begin, sizeof digits - begin));
  }

  char data_[N] = {};
  std::size_t size_ = 0;
};

/// The path of a tag, "game::physics"; "" when untagged.
using TagPath = Text<256>;

}  // namespace framealloc
