// SPDX-License-Identifier: MIT OR Apache-2.0
// How FrameMap hashes and compares keys unless it is told otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>

namespace framealloc {

namespace detail {
template <class K>
concept StringLike = std::is_class_v<K> && std::is_convertible_v<const K&, std::string_view>;

// Spreads a hash over all bits, because std::hash of a number is the number and the index takes the
// top bits. Two rounds of multiply and xor-shift with the constants of David Stafford's "Mix13".
[[nodiscard]] constexpr std::uint64_t mix_hash(std::uint64_t hash) noexcept {
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebU;
  return hash ^ (hash >> 31);
}
}  // namespace detail

/// std::hash. For strings of any kind that of their characters, so that a key is found by a literal
/// or a std::string_view without making a string of it.
template <class K>
struct FrameHash : std::hash<K> {};
template <detail::StringLike K>
struct FrameHash<K> {
  using is_transparent = void;
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>()(text);
  }
};

template <class K>
struct FrameEqual : std::equal_to<K> {};
template <detail::StringLike K>
struct FrameEqual<K> {
  using is_transparent = void;
  [[nodiscard]] bool operator()(std::string_view a, std::string_view b) const noexcept {
    return a == b;
  }
};

}  // namespace framealloc
