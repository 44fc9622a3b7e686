// SPDX-License-Identifier: MIT OR Apache-2.0
// Text that may not be UTF-8 where what is written has to be.
#pragma once

#include <cstddef>
#include <string_view>

namespace framealloc::detail {

// Result: bytes of the UTF-8 sequence that `text` begins with; 0 when it is none (Unicode, table
// 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] inline std::size_t sequence_length(std::string_view text) noexcept {
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

}  // namespace framealloc::detail
