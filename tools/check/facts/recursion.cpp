// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/recursion.hpp"

#include <vector>

namespace fa_check {
namespace {

// What calls of a function in the body of another give it.
struct Calls : clang::RecursiveASTVisitor<Calls> {
  bool VisitCallExpr(clang::CallExpr* call) {
    const clang::FunctionDecl* const callee = call->getDirectCallee();
    if (callee == nullptr || callee->getCanonicalDecl() != function) return true;
    is_called = true;
    const bool has_object =
        llvm::isa<clang::CXXOperatorCallExpr>(call) && llvm::isa<clang::CXXMethodDecl>(callee);
    for (unsigned i = has_object ? 1 : 0; i < call->getNumArgs(); ++i) {
      const auto* const name =
          llvm::dyn_cast<clang::DeclRefExpr>(call->getArg(i)->IgnoreParenImpCasts());
      if (name == nullptr || !llvm::isa<clang::ParmVarDecl>(name->getDecl()))
        changed.insert(has_object ? i - 1 : i);
    }
    return true;
  }
  const clang::FunctionDecl* function = nullptr;
  bool is_called = false;
  std::set<unsigned> changed;
};

}  // namespace

const Recursion::Facts& Recursion::facts(const clang::FunctionDecl& function) {
  const clang::FunctionDecl* const first = function.getCanonicalDecl();
  const auto [found, is_new] = known_.try_emplace(first);
  if (!is_new) return found->second;
  Facts& facts = found->second;
  if (!bodies_.is_relevant(function)) return facts;
  Calls calls;
  calls.function = first;
  std::set<const clang::FunctionDecl*> seen{first};
  std::vector<const clang::FunctionDecl*> work{first};
  while (!work.empty()) {
    const clang::FunctionDecl* const each = work.back();
    work.pop_back();
    facts.ends_frame = facts.ends_frame || bodies_.has(*each, Effect::EndFrame) ||
                       bodies_.has(*each, Effect::OpenFrame) ||
                       bodies_.has(*each, Effect::EndThreadFrame);
    for (const clang::FunctionDecl* callee : bodies_.callees(*each)) {
      if (callee == first) {
        const clang::FunctionDecl* definition = nullptr;
        if (each->hasBody(definition)) calls.TraverseStmt(definition->getBody());
      }
      if (bodies_.is_relevant(*callee) && seen.insert(callee).second) work.push_back(callee);
    }
  }
  facts.is_recursive = calls.is_called;
  facts.changed = std::move(calls.changed);
  return facts;
}

bool Recursion::changes(const clang::FunctionDecl& function, unsigned index) {
  return facts(function).changed.count(index) != 0;
}

bool Recursion::ends_frame(const clang::FunctionDecl& function) {
  const Facts& known = facts(function);
  return known.is_recursive && known.ends_frame;
}

}  // namespace fa_check
