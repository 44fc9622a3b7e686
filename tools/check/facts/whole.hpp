// SPDX-License-Identifier: MIT OR Apache-2.0
// Which arrays and containers a loop or an algorithm goes through from one end to the other: by range, by index up or
// down, by iterators or pointers. Decided by the syntax tree: what names the ends has to stay what it is.
#pragma once

#include "model/clang.hpp"

#include <vector>

namespace fa_check {

// Result: the variables and members whose elements `loop`, of the function with `body`, visits once each.
[[nodiscard]] std::vector<const clang::Expr*> walked_whole(const clang::ASTContext& context,
                                                           const clang::Stmt& body,
                                                           const clang::Stmt& loop);
// Result: the variable or member whose elements are all between the first two arguments, or in the first one; else null.
[[nodiscard]] const clang::Expr* given_whole(const clang::ASTContext& context,
                                             const clang::Stmt& body,
                                             const std::vector<const clang::Expr*>& arguments);

}  // namespace fa_check
