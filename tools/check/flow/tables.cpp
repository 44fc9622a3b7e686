// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: calls of the functions that a table of static storage lists.
#include "flow/solver.hpp"

#include <algorithm>
#include <vector>

namespace fa_check {
namespace {

// The variable of static storage that the called expression is a part of, or null.
const clang::VarDecl* table_in(const clang::Expr* expression) {
  for (unsigned steps = 0; expression != nullptr && steps < 24; ++steps) {
    expression = expression->IgnoreUnlessSpelledInSource();
    if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
      expression = e->getBase();
    } else if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression)) {
      expression = member->getBase();
    } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
      expression = unary->getSubExpr();
    } else if (const auto* of = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
      if (!of->isPtrMemOp()) return nullptr;
      expression = of->getRHS();
    } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
      // begin(), operator[], at(): of the table itself.
      const auto* const method = llvm::dyn_cast<clang::CXXMemberCallExpr>(call);
      if (method != nullptr) {
        expression = method->getImplicitObjectArgument();
      } else {
        if (call->getNumArgs() == 0) return nullptr;
        expression = call->getArg(0);
      }
    } else if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
      const auto* variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
      if (variable == nullptr) return nullptr;
      if (!variable->hasLocalStorage() && !variable->getType()->isReferenceType()) {
        const clang::VarDecl* definition = variable->getInitializingDeclaration();
        return definition == nullptr ? variable : definition;
      }
      expression = variable->getInit();  // the variable of a loop
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

struct FunctionVisitor : clang::RecursiveASTVisitor<FunctionVisitor> {
  bool shouldVisitImplicitCode() const { return true; }
  bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
    if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(name->getDecl())) add(function);
    return true;
  }
  // A closure without captures, as a function.
  bool TraverseLambdaExpr(clang::LambdaExpr* lambda) {
    if (lambda->getCallOperator() != nullptr) add(lambda->getCallOperator());
    return true;
  }
  void add(const clang::FunctionDecl* function) {
    if (std::find(functions.begin(), functions.end(), function) == functions.end())
      functions.push_back(function);
  }
  std::vector<const clang::FunctionDecl*> functions;  // in the order of the table
};

}  // namespace

// Effect: as a call of each function of the table that the called pointer lies in; of none when it lies
// in no table that the unit fills once.
void Solver::call_table(const Call& caller, const State& state, const clang::CallExpr* e,
                        const Value& object, const std::vector<const clang::Expr*>& arguments,
                        States& out) {
  const clang::VarDecl* const table = table_in(e->getCallee());
  if (table == nullptr || table->getInit() == nullptr || table->getInit()->isValueDependent())
    return;
  FunctionVisitor visitor;
  visitor.TraverseStmt(const_cast<clang::Expr*>(table->getInit()));
  const clang::Expr* callee = e->getCallee()->IgnoreParens();
  if (const auto* member = llvm::dyn_cast<clang::BinaryOperator>(callee))
    if (member->isPtrMemOp()) callee = member->getRHS();
  const clang::QualType called = callee->getType();
  const bool of_members = called->isMemberPointerType();
  const auto* const wanted =
      (called->isPointerType() || of_members ? called->getPointeeType() : called)
          ->getAs<clang::FunctionProtoType>();
  if (wanted == nullptr) return;
  for (const clang::FunctionDecl* function : visitor.functions) {
    const auto* const type = function->getType()->getAs<clang::FunctionProtoType>();
    if (type == nullptr || type->getNumParams() != wanted->getNumParams()) continue;
    bool same = context_.hasSameType(type->getReturnType(), wanted->getReturnType());
    for (unsigned i = 0; same && i < type->getNumParams(); ++i)
      same = context_.hasSameType(type->getParamType(i), wanted->getParamType(i));
    if (!same || !can_run(caller, function)) continue;
    const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method != nullptr && method->isInstance() && !of_members)
      run_call(caller, state, function, e, 0, arguments, out);
    else
      call_function(caller, state, function, e, object, arguments, out);
  }
}

}  // namespace fa_check
