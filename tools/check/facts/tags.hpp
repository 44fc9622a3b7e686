// SPDX-License-Identifier: MIT OR Apache-2.0
// Tags that the code names, and those that it gives budgets.
#pragma once

#include "model/clang.hpp"

#include <optional>
#include <string>
#include <vector>

namespace fa_check {

// Result: the text of a literal or of a constant (const char*, std::string_view, an array); nothing
// when it is only known at run time.
[[nodiscard]] std::optional<std::string> constant_text(const clang::ASTContext& context,
                                                       const clang::Expr* expression);
// "physics::contacts" -> "physics", "contacts".
[[nodiscard]] std::vector<std::string> components_of(const std::string& tag);

class Tags {
 public:
  // Effect: keeps the call when it names a tag or gives one a budget.
  void note(const clang::CallExpr& call);
  // Calls of with_tag() and tag_scope(), in the order of the source.
  [[nodiscard]] const std::vector<const clang::CallExpr*>& uses() const { return uses_; }
  // Calls that give a tag a budget; the tag is the first argument.
  [[nodiscard]] const std::vector<const clang::CallExpr*>& budgets() const { return budgets_; }
  [[nodiscard]] static bool is_use(const clang::FunctionDecl& function);

 private:
  std::vector<const clang::CallExpr*> uses_;
  std::vector<const clang::CallExpr*> budgets_;
};

}  // namespace fa_check
