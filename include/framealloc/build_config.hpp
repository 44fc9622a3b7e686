// SPDX-License-Identifier: MIT OR Apache-2.0
// Guards against a header compiled with other switches than the library that it is linked with.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstdint>
#include <string_view>

namespace framealloc {

/// Everything that changes a layout or a meaning between translation units.
struct BuildConfig {
  std::uint32_t version = 0;     ///< major * 10000 + minor * 100 + patch
  std::uint8_t check_level = 0;  ///< FRAMEALLOC_CHECK_LEVEL
  std::uint8_t thread_sanitizer = 0;
  std::uint8_t pointer_bytes = 0;
  friend constexpr bool operator==(const BuildConfig&, const BuildConfig&) = default;
};

inline constexpr std::uint32_t kVersion = 200;  // 0.2.0

/// The switches of the translation unit that asks. Always inlined, also without optimization: an
/// ordinary inline function would be merged at link time, and every unit would get the answer of
/// one of them. For the same reason call it in a default argument, not in the body of an inline
/// function. (Clang before 15 rejects a consteval function in a default argument.)
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE constexpr BuildConfig header_build_config() noexcept {
  return BuildConfig{kVersion, FRAMEALLOC_CHECK_LEVEL, FRAMEALLOC_TSAN,
                     static_cast<std::uint8_t>(sizeof(void*))};
}

/// The switches that the library was compiled with.
[[nodiscard]] FRAMEALLOC_API BuildConfig library_build_config() noexcept;

/// Result: the name of the first switch in which the two differ, or an empty text.
[[nodiscard]] FRAMEALLOC_API std::string_view build_config_difference(
    const BuildConfig& header, const BuildConfig& library) noexcept;

namespace detail {
// Effect: none when they agree; else prints which switch differs and aborts, because layouts differ
// and going on would corrupt memory. Called from the inline constructor of SmartAlloc.
void require_matching_build(const BuildConfig& header) noexcept;
}  // namespace detail

}  // namespace framealloc
