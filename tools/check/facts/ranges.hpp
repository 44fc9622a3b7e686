// SPDX-License-Identifier: MIT OR Apache-2.0
// What names a container's ends: begin() and end(), pointers, sizes, views of all of it, and variables that have them.
#pragma once

#include "facts/changes.hpp"
#include "model/clang.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace fa_check {

// A variable, a member of this, or a member of one of them: what stays the same object from turn to turn.
[[nodiscard]] bool is_path(const clang::Expr* expression);
[[nodiscard]] bool is_same_path(const clang::Expr* a, const clang::Expr* b);
// Result: the expression without conversions, copies and temporaries that wrap it.
[[nodiscard]] const clang::Expr* unwrapped(const clang::Expr* expression);
// Result: how many elements an array or std::array has.
[[nodiscard]] std::optional<std::uint64_t> extent_of(const clang::ASTContext& context,
                                                     clang::QualType type);

// A member that is called, a function of std or one of its objects that are called; with the object first.
struct Called {
  llvm::StringRef name;
  std::vector<const clang::Expr*> arguments;
};

[[nodiscard]] Called called_by(const clang::Expr* expression);

// Result: the calls in the function with `body` that put something into the variable or member.
[[nodiscard]] std::vector<const clang::CXXMemberCallExpr*> calls_that_add(
    const clang::Stmt& body, const clang::Expr* container);

// What stays after `base + n` or `base - n` of a constant n.
struct Shifted {
  const clang::Expr* base = nullptr;
  std::int64_t by = 0;
};

// The expressions of the function with `body`.
class Ranges {
 public:
  Ranges(const clang::ASTContext& context, const clang::Stmt& body)
      : context_(context), body_(body) {}

  // The container that the range is all of.
  [[nodiscard]] const clang::Expr* whole(const clang::Expr* range);

  // The container that has all its elements between the two.
  const clang::Expr* between(const clang::Expr* first, const clang::Expr* last);

  // Whether the number is that of the container's elements.
  bool is_size(const clang::Expr* number, const clang::Expr* container, std::int64_t added = 0);

  // Whether a member says how many elements of an array, a member of the same object, are in use.
  bool is_count_beside(const clang::Expr* number, const clang::Expr* container) const;

  // What counts: its initial value is known while the loop changes it.
  void set_counter(const clang::VarDecl* counter, const clang::Expr* first);

  Shifted shifted_by(const clang::Expr* expression) const;

  // Whether something is put into the container after its ends were asked for.
  bool is_grown(const clang::Expr* container, const clang::Stmt& loop) const;

  // The container that an iterator or pointer to its first element belongs to.
  const clang::Expr* begun(const clang::Expr* first);

 private:
  // The container that an iterator or pointer behind its last element belongs to.
  const clang::Expr* end(const clang::Expr* last);

  // The container whose first element, or the one behind its last, the expression names.
  const clang::Expr* subscripted(const clang::Expr* element, bool is_first);

  // What a variable has that was made so and stays so; the counter of the loop, before its first turn.
  const clang::Expr* fixed(const clang::Expr* expression);

  const clang::ASTContext& context_;
  const clang::Stmt& body_;
  std::optional<Changes> changes_;  // of the body
  const clang::VarDecl* counter_ = nullptr;
  const clang::Expr* first_ = nullptr;
  clang::SourceLocation asked_;  // the earliest variable that says where it ends
};

}  // namespace fa_check
