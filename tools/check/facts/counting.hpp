// SPDX-License-Identifier: MIT OR Apache-2.0
// The counters of loops: numbers, pointers and iterators that go on by a step in each turn.
#pragma once

#include "model/clang.hpp"

#include <cstdint>

namespace fa_check {

// Result: the variable of `i`, `i++`, `--i`, or null.
[[nodiscard]] const clang::ValueDecl* counted_by(const clang::Expr* expression);
// Result: how far one turn moves the counter; 0 when that is not a constant.
[[nodiscard]] std::int64_t step_of(const clang::ASTContext& context, const clang::Stmt* step);
// Whether the step stands in the head of a for statement, after its body.
[[nodiscard]] bool is_increment(const clang::Stmt& loop, const clang::Stmt* step);
// Whether every turn takes the step: it stands in the loop's head or by itself in its body.
[[nodiscard]] bool steps_once(const clang::Stmt& loop, const clang::Stmt* step);

}  // namespace fa_check
