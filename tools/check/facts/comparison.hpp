// SPDX-License-Identifier: MIT OR Apache-2.0
// What a condition compares.
#pragma once

#include "model/clang.hpp"

#include <cstdint>
#include <optional>

namespace fa_check {

// Result: the expression without parentheses, conversions and temporaries that wrap it.
[[nodiscard]] const clang::Expr* bare(const clang::Expr* expression);

struct Comparison {
  const clang::Expr* left = nullptr;
  const clang::Expr* right = nullptr;
  clang::BinaryOperatorKind op = clang::BO_LT;
};

// Result: the comparison that the expression is, negated for each `!` before it; nothing if it is
// none.
[[nodiscard]] std::optional<Comparison> comparison_of(const clang::Expr* expression);

// The number that the expression is when compiled, or none.
[[nodiscard]] std::optional<std::int64_t> constant_of(const clang::ASTContext& context,
                                                      const clang::Expr* expression);

}  // namespace fa_check
