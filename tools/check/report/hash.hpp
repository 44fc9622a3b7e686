// SPDX-License-Identifier: MIT OR Apache-2.0
// A hash of 128 bits for keys of the cache and for fingerprints: FNV-1a (Fowler, Noll, Vo), which
// is the same on every machine and in every version. Nobody gains by a collision here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fa_check {

class Hash {
 public:
  // Effect: takes in `text` and its length, so that ("ab", "c") and ("a", "bc") differ.
  Hash& add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    return add(static_cast<std::uint64_t>(text.size()));
  }
  Hash& add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) mix(static_cast<unsigned char>(number >> (8 * i)));
    return *this;
  }
  // Result: 32 hexadecimal digits.
  [[nodiscard]] std::string text() const {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string result(32, '0');
    Word rest = state_;
    for (std::size_t i = 32; i-- > 0; rest >>= 4) {
      result[i] = kDigits[static_cast<unsigned>(rest & 15U)];
    }
    return result;
  }

 private:
  __extension__ using Word = unsigned __int128;
  void mix(unsigned char byte) {
    constexpr Word kPrime = (Word{1} << 88) + 0x13B;
    state_ = (state_ ^ byte) * kPrime;
  }
  Word state_ = (Word{0x6c62272e07bb0142U} << 64) + 0x62b821756295c58dU;
};

}  // namespace fa_check
