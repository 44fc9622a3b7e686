// SPDX-License-Identifier: MIT OR Apache-2.0
// What the arguments of a call say by themselves.
#pragma once

#include "model/clang.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace fa_check {

// Result: whether the argument is a lambda.
[[nodiscard]] bool is_closure(const clang::Expr* argument);
// Result: the type of what iterators and ranges of the type lead to; null when it is not known.
[[nodiscard]] clang::QualType element_of(clang::QualType type);
// Result: the text of a string literal, also of one that a string or a view is made of; else "".
[[nodiscard]] std::string literal_of(const clang::Expr* expression);
// Result: the name of the policy or importance that is given; "" when it is not a constant.
[[nodiscard]] std::string policy_of(const clang::Expr* expression);
// Result: the frames in flight of the configuration in the initializer of an allocator; nothing
// where they are no constant.
[[nodiscard]] std::optional<unsigned> frames_in_flight_of(const clang::ASTContext& context,
                                                          const clang::Expr* init);
// Result: the number that a constant variable always has; none when it is no constant.
[[nodiscard]] std::optional<std::int64_t> constant_of_variable(const clang::ASTContext& context,
                                                               const clang::Expr* name);
// Result: whether the function of a speculation never keeps what it made.
[[nodiscard]] bool says_no(const clang::FunctionDecl* body);

// Whether the two expressions name elements of one array by constants that differ.
[[nodiscard]] bool are_other_elements(const clang::ASTContext& context, const clang::Stmt* a,
                                      const clang::Stmt* b);

// Whether the two expressions name one element, by the same words: what the one has put there, the other
// takes away.
[[nodiscard]] bool is_same_element(const clang::ASTContext& context, const clang::Stmt* a,
                                   const clang::Stmt* b);

// Whether the expression names, or puts in, the element of the container that has the key.
[[nodiscard]] bool is_entry(const clang::ASTContext& context, const clang::Stmt* element,
                            const clang::Expr* container, const clang::Expr* key);

}  // namespace fa_check
