// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether two expressions of a function may speak of one element of a container.
#pragma once

#include "model/clang.hpp"

namespace fa_check {

// Whether the two expressions in `body` may name one element of `container`. They do not if `a` is taken out of it, and
// the keys, indices and iterators that the two are made of have nothing in common, nor `b` with the conditions of the
// function.
[[nodiscard]] bool may_name_one_element(const clang::Stmt& body, const clang::ValueDecl* container,
                                        const clang::Expr& a, const clang::Expr& b);

// Whether the two expressions in `body` name elements of one container by keys, indices or iterators that have nothing
// in common.
[[nodiscard]] bool are_other_entries(const clang::Stmt& body, const clang::Expr& a,
                                     const clang::Expr& b);

// Whether the arguments of the call, which is in `loop` of the function's `body`, are others in each turn.
[[nodiscard]] bool is_given_another_each_turn(const clang::Stmt& body, const clang::Stmt& loop,
                                              const clang::CallExpr& call);
// Whether each turn of the loop comes to the statement.
[[nodiscard]] bool is_on_every_turn(const clang::Stmt& loop, const clang::Stmt& statement);

}  // namespace fa_check
