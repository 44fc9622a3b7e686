// SPDX-License-Identifier: MIT OR Apache-2.0
// What a loop does to variables and members while it turns, and how it can be left.
#pragma once

#include "model/clang.hpp"

#include <map>
#include <vector>

namespace fa_check {

// The variable or member that the expression names, or null.
[[nodiscard]] const clang::ValueDecl* named_by(const clang::Expr* expression);
// Whether the expression names the declaration anywhere.
[[nodiscard]] bool mentions(const clang::Stmt* expression, const clang::ValueDecl* declaration);

struct Change {
  // By ++, -- or a compound; from a value; what a pointer leads to; any other way.
  enum class How { Step, Assign, Through, Other };
  How how = How::Other;
  const clang::Stmt* at = nullptr;
  const clang::Expr* from = nullptr;  // of Assign
};

struct Exit {
  const clang::Stmt* at = nullptr;
  std::vector<const clang::Expr*> conditions;  // of the ifs around it in the loop
};

struct Changes {
  std::map<const clang::ValueDecl*, std::vector<Change>> of;
  std::map<const clang::ValueDecl*, const clang::Expr*> made;  // variables that a turn makes
  std::vector<Exit> exits;
  [[nodiscard]] bool touches(const clang::ValueDecl* declaration) const {
    return of.count(declaration) != 0 || made.count(declaration) != 0;
  }
};

// Result: what is done to the variable itself, and not to what it leads to.
[[nodiscard]] std::vector<Change> changes_of(const Changes& changes,
                                             const clang::ValueDecl* declaration);

// What one turn of the loop does: its condition, increment and body; or another statement, a function's body.
[[nodiscard]] Changes changes_in(const clang::Stmt& loop);

}  // namespace fa_check
