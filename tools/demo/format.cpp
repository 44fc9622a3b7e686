// SPDX-License-Identifier: MIT OR Apache-2.0
#include "format.hpp"

#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>

namespace fa_demo {
namespace {

template <class... Values>
std::string printed(const char* format, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

}  // namespace

std::string fixed(double value, int decimals) { return printed("%.*f", decimals, value); }

std::string milliseconds(double nanoseconds) { return fixed(nanoseconds / 1e6, 3); }

std::string byte_count(double bytes) {
  if (bytes >= 1024.0 * 1024.0) return fixed(bytes / (1024.0 * 1024.0), 2) + " MiB";
  if (bytes >= 1024.0) return fixed(bytes / 1024.0, 1) + " KiB";
  return fixed(bytes, bytes == std::floor(bytes) ? 0 : 1) + " B";
}

std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string per_frame(double mean) {
  if (mean == 0.0) return "0";
  if (mean < 10.0) return fixed(mean, mean < 0.1 ? 3 : 1);
  return grouped(static_cast<std::uint64_t>(std::llround(mean)));
}

std::string hexadecimal(std::uint64_t value) { return printed("%016" PRIx64, value); }

}  // namespace fa_demo
