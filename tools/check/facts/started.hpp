// SPDX-License-Identifier: MIT OR Apache-2.0
// The functions that the unit starts on threads.
#pragma once

#include "model/model.hpp"

#include <set>

namespace fa_check {

class Started {
 public:
  // Effect: notes what a thread that is constructed runs.
  void note(const clang::CXXConstructExpr& construction);
  // Effect: notes what a call hands to another thread.
  void note(const Model& model, const clang::CallExpr& call);
  // Result: whether `function`, canonical, is what a thread runs.
  [[nodiscard]] bool has(const clang::FunctionDecl* function) const {
    return functions_.count(function) != 0;
  }

 private:
  void add(const clang::Expr* callable);

  std::set<const clang::FunctionDecl*> functions_;
};

}  // namespace fa_check
