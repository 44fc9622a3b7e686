// SPDX-License-Identifier: MIT OR Apache-2.0
// Diagnostic codes as values; their texts come from the one manifest, codes.def.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace framealloc {

/// A diagnostic code; the number is the one that is printed, so Code::FA001 is 1.
enum class Code : std::uint16_t {
  None = 0,
#define FRAMEALLOC_CODE(id, slug, severity, category, raised_by, meaning, help) \
  FA##id = static_cast<std::uint16_t>(1##id - 1000),
#include <framealloc/codes.def>
#undef FRAMEALLOC_CODE
};

enum class Severity : std::uint8_t { Hint, Warning, Error };
enum class Category : std::uint8_t {
  Use,
  Engine,
  Threading,
  Budgets,
  Handles,
  Gpu,
  Behavior,
  Lifetime,
  Async,
  Architecture,
  Physics
};
enum class RaisedBy : std::uint8_t { Runtime, Analyzer, Both };

struct CodeInfo {
  Code code;
  std::string_view id;  ///< "FA001"
  std::string_view slug;
  Severity severity;
  Category category;
  RaisedBy raised_by;
  std::string_view meaning;
  std::string_view help;
};

/// Result: every code, ascending. Thread contract: any thread; the table is constant.
[[nodiscard]] FRAMEALLOC_API std::span<const CodeInfo> all_codes() noexcept;

/// Result: the row of `code`; for a value that is no code, the row of the internal error.
[[nodiscard]] FRAMEALLOC_API const CodeInfo& code_info(Code code) noexcept;

[[nodiscard]] FRAMEALLOC_API std::string_view to_string(Severity severity) noexcept;
[[nodiscard]] FRAMEALLOC_API std::string_view to_string(Category category) noexcept;

}  // namespace framealloc
