// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/comparison.hpp"

namespace fa_check {

const clang::Expr* bare(const clang::Expr* expression) {
  for (;;) {
    expression = expression->IgnoreParenImpCasts();
    if (const auto* cleanup = llvm::dyn_cast<clang::FullExpr>(expression))
      expression = cleanup->getSubExpr();
    else if (const auto* rewritten = llvm::dyn_cast<clang::CXXRewrittenBinaryOperator>(expression))
      expression = rewritten->getSemanticForm();
    else
      return expression;
  }
}

std::optional<Comparison> comparison_of(const clang::Expr* expression) {
  expression = bare(expression);
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(expression))
    if (e->isComparisonOp()) return Comparison{e->getLHS(), e->getRHS(), e->getOpcode()};
  if (const auto* e = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression))
    if (e->isComparisonOp() && e->getNumArgs() == 2)
      return Comparison{e->getArg(0), e->getArg(1),
                        clang::BinaryOperator::getOverloadedOpcode(e->getOperator())};
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(expression))
    if (e->getOpcode() == clang::UO_LNot) {
      auto compared = comparison_of(e->getSubExpr());
      if (compared) compared->op = clang::BinaryOperator::negateComparisonOp(compared->op);
      return compared;
    }
  return std::nullopt;
}

std::optional<std::int64_t> constant_of(const clang::ASTContext& context,
                                        const clang::Expr* expression) {
  if (expression == nullptr || expression->isValueDependent()) return std::nullopt;
  if (!expression->getType()->isIntegralOrEnumerationType()) return std::nullopt;
  clang::Expr::EvalResult result;
  if (!expression->EvaluateAsInt(result, context)) return std::nullopt;
  const llvm::APSInt& number = result.Val.getInt();
  if (number.getSignificantBits() > 63) return std::nullopt;
  return number.getExtValue();
}

}  // namespace fa_check
