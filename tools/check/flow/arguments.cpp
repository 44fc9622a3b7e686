// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/arguments.hpp"

#include "model/model.hpp"

namespace fa_check {

std::string literal_of(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  while (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression)) {
    if (made->getNumArgs() == 0) break;
    expression = made->getArg(0)->IgnoreUnlessSpelledInSource();
  }
  const auto* const text = llvm::dyn_cast<clang::StringLiteral>(expression);
  return text == nullptr || text->getCharByteWidth() != 1 ? "" : text->getString().str();
}

std::string policy_of(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
    const auto* const constant = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
    if (constant != nullptr && constant->getInit() != nullptr &&
        constant->getType().isConstQualified() && !is_in_framealloc(*constant))
      return policy_of(constant->getInit());
    return name->getDecl()->getNameAsString();
  }
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression))
    if (const clang::FunctionDecl* function = call->getDirectCallee())
      return function->getNameAsString();
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression))
    if (made->getNumArgs() > 0) return policy_of(made->getArg(0));
  return "";
}

std::optional<unsigned> frames_in_flight_of(const clang::ASTContext& context,
                                            const clang::Expr* init) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitInitListExpr(clang::InitListExpr* list) {
      const clang::CXXRecordDecl* const record = record_of(list->getType());
      if (!list->isSemanticForm() || record == nullptr || !is_configuration(*record)) return true;
      unsigned index = record->getNumBases();
      for (const clang::FieldDecl* field : record->fields()) {
        if (index >= list->getNumInits()) break;
        const clang::Expr* given = list->getInit(index++);
        if (field->getName() != "frames_in_flight") continue;
        if (const auto* other = llvm::dyn_cast<clang::CXXDefaultInitExpr>(given))
          given = other->getExpr();
        clang::Expr::EvalResult result;
        if (!given->isValueDependent() && given->EvaluateAsInt(result, *context))
          frames = static_cast<unsigned>(result.Val.getInt().getLimitedValue(4));
      }
      return true;
    }
    const clang::ASTContext* context = nullptr;
    std::optional<unsigned> frames;
  } visitor;
  visitor.context = &context;
  visitor.TraverseStmt(const_cast<clang::Expr*>(init));
  return visitor.frames && *visitor.frames >= 1 ? visitor.frames : std::nullopt;
}

std::optional<std::int64_t> constant_of_variable(const clang::ASTContext& context,
                                                 const clang::Expr* name) {
  name = name->IgnoreParens();
  const clang::ValueDecl* declaration = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(name)) declaration = e->getDecl();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(name)) declaration = e->getMemberDecl();
  const auto* const variable = llvm::dyn_cast_or_null<clang::VarDecl>(declaration);
  if (variable == nullptr || variable->getType()->isReferenceType() || name->isValueDependent() ||
      !variable->mightBeUsableInConstantExpressions(context))
    return std::nullopt;
  clang::Expr::EvalResult result;
  if (!name->EvaluateAsInt(result, context) || !result.Val.getInt().isRepresentableByInt64())
    return std::nullopt;
  return result.Val.getInt().getExtValue();
}

bool says_no(const clang::FunctionDecl* body) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitReturnStmt(clang::ReturnStmt* statement) {
      const clang::Expr* value = statement->getRetValue();
      value = value == nullptr ? nullptr : value->IgnoreUnlessSpelledInSource();
      bool no = false;
      if (const auto* flag = llvm::dyn_cast_or_null<clang::CXXBoolLiteralExpr>(value))
        no = !flag->getValue();
      while (const auto* made = llvm::dyn_cast_or_null<clang::CXXConstructExpr>(value)) {
        if (made->getNumArgs() != 1) break;
        value = made->getArg(0)->IgnoreUnlessSpelledInSource();
      }
      if (llvm::isa_and_nonnull<clang::CXXNullPtrLiteralExpr>(value)) no = true;
      if (const auto* name = llvm::dyn_cast_or_null<clang::DeclRefExpr>(value))
        no = no || name->getDecl()->getNameAsString() == "nullopt";
      (no ? refuses : keeps) = true;
      return true;
    }
    bool TraverseLambdaExpr(clang::LambdaExpr*) { return true; }
    bool refuses = false;
    bool keeps = false;
  } visitor;
  visitor.TraverseStmt(body->getBody());
  return visitor.refuses && !visitor.keeps;
}

}  // namespace fa_check
