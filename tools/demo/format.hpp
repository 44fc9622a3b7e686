// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fa_demo {

/// Numbers as the reports print them.
std::string milliseconds(double nanoseconds);   ///< "4.321"
std::string byte_count(double bytes);           ///< "1.5 MiB"
std::string fixed(double value, int decimals);  ///< "0.97"
std::string grouped(std::uint64_t value);       ///< "12,345"
/// A mean per frame: "0" only when it is exactly 0, otherwise as many digits as it needs.
std::string per_frame(double mean);
std::string hexadecimal(std::uint64_t value);

/// The parts in a row. g++ 12 warns of impossible overlaps where "text" + std::string is inlined.
template <class... Parts>
std::string concat(const Parts&... parts) {
  std::string whole;
  (whole.append(std::string_view(parts)), ...);
  return whole;
}

}  // namespace fa_demo
