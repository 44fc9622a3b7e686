// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/started.hpp"

namespace fa_check {

// A function, a method, a lambda.
void Started::add(const clang::Expr* callable) {
  const clang::Expr* expression = callable->IgnoreUnlessSpelledInSource();
  if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(expression))
    if (address->getOpcode() == clang::UO_AddrOf)
      expression = address->getSubExpr()->IgnoreUnlessSpelledInSource();
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl()))
      functions_.insert(function->getCanonicalDecl());
  const clang::CXXRecordDecl* const record = record_of(expression->getType());
  if (record != nullptr && record->isLambda())
    if (const clang::CXXMethodDecl* body = record->getLambdaCallOperator())
      functions_.insert(body->getCanonicalDecl());
}

void Started::note(const clang::CXXConstructExpr& construction) {
  if (construction.getNumArgs() == 0) return;
  const clang::CXXConstructorDecl* const constructor = construction.getConstructor();
  const llvm::StringRef type = constructor->getParent()->getName();
  if ((type == "thread" || type == "jthread") && is_in_std(*constructor))
    add(construction.getArg(0));
}

void Started::note(const Model& model, const clang::CallExpr& call) {
  const clang::FunctionDecl* const function = call.getDirectCallee();
  if (function == nullptr) return;
  if (function->getDeclName().isIdentifier() && function->getName() == "async" &&
      is_in_std(*function)) {
    for (unsigned i = 0; i < call.getNumArgs() && i < 2; ++i) add(call.getArg(i));
    return;
  }
  for (unsigned i = 0; i < function->getNumParams() && i < call.getNumArgs(); ++i)
    if (model.has_word(function->getParamDecl(i), "runs_on_thread")) add(call.getArg(i));
}

}  // namespace fa_check
