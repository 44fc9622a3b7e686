// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/counting.hpp"

#include "facts/changes.hpp"
#include "facts/comparison.hpp"

#include <algorithm>

namespace fa_check {

const clang::ValueDecl* counted_by(const clang::Expr* expression) {
  expression = bare(expression);
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(expression))
    if (e->isIncrementDecrementOp()) return named_by(e->getSubExpr());
  return named_by(expression);
}

std::int64_t step_of(const clang::ASTContext& context, const clang::Stmt* step) {
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(step))
    return e->isIncrementOp() ? 1 : e->isDecrementOp() ? -1 : 0;
  if (const auto* e = llvm::dyn_cast<clang::CXXOperatorCallExpr>(step))
    return e->getOperator() == clang::OO_PlusPlus ? 1 : 0;
  const auto* const e = llvm::dyn_cast<clang::BinaryOperator>(step);
  if (e == nullptr) return 0;
  const std::int64_t by = constant_of(context, e->getRHS()).value_or(0);
  if (e->getOpcode() == clang::BO_AddAssign) return by;
  if (e->getOpcode() == clang::BO_SubAssign) return -by;
  return 0;
}

bool is_increment(const clang::Stmt& loop, const clang::Stmt* step) {
  const auto* const e = llvm::dyn_cast<clang::ForStmt>(&loop);
  if (e == nullptr) return false;
  for (const clang::Stmt* inc = e->getInc(); inc != nullptr;) {
    if (inc == step) return true;
    if (const auto* cleanup = llvm::dyn_cast<clang::FullExpr>(inc)) {
      inc = cleanup->getSubExpr();
      continue;
    }
    const auto* const both = llvm::dyn_cast<clang::BinaryOperator>(inc);
    if (both == nullptr || both->getOpcode() != clang::BO_Comma) break;
    if (both->getRHS()->IgnoreParens() == step) return true;
    inc = both->getLHS()->IgnoreParens();
  }
  return false;
}

bool steps_once(const clang::Stmt& loop, const clang::Stmt* step) {
  if (is_increment(loop, step)) return true;
  const clang::Stmt* body = nullptr;
  const clang::Expr* condition = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    body = e->getBody();
    condition = e->getCond();
  } else if (const auto* while_loop = llvm::dyn_cast<clang::WhileStmt>(&loop)) {
    body = while_loop->getBody();
    condition = while_loop->getCond();
  } else if (const auto* do_loop = llvm::dyn_cast<clang::DoStmt>(&loop)) {
    body = do_loop->getBody();
    condition = do_loop->getCond();
  }
  if (condition != nullptr) {
    const auto compared = comparison_of(condition);
    for (const clang::Expr* each :
         {condition, compared ? compared->left : condition, compared ? compared->right : condition})
      if (bare(each) == step) return true;
  }
  const auto is_step = [&](const clang::Stmt* each) {
    if (const auto* cleanup = llvm::dyn_cast_or_null<clang::FullExpr>(each))
      each = cleanup->getSubExpr();
    return each == step;
  };
  if (is_step(body)) return true;
  if (const auto* block = llvm::dyn_cast_or_null<clang::CompoundStmt>(body))
    return std::any_of(block->body_begin(), block->body_end(), is_step);
  return false;
}

}  // namespace fa_check
