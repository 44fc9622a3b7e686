// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of types for reports, without RTTI.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <string_view>

namespace framealloc::detail {

template <class T>
constexpr std::string_view spell_type() noexcept {
#if defined(__GNUC__) || defined(__clang__)
  // "... spell_type() [with T = game::Enemy; ...]", and "[T = game::Enemy]" from Clang.
  constexpr std::string_view text = FRAMEALLOC_FUNCTION;
  constexpr std::size_t begin = text.find("T = ") + 4;
  constexpr std::size_t semicolon = text.find(';', begin);
  constexpr std::size_t end = semicolon != text.npos ? semicolon : text.rfind(']');
  return text.substr(begin, end - begin);
#else
  return FRAMEALLOC_FUNCTION;
#endif
}

// The name as the compiler spells it. An object, so that a record needs one pointer for it.
template <class T>
FRAMEALLOC_OWN_COPY inline constexpr std::string_view type_name = spell_type<T>();

}  // namespace framealloc::detail
