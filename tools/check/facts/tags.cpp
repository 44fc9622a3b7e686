// SPDX-License-Identifier: MIT OR Apache-2.0
#include "facts/tags.hpp"

#include "model/model.hpp"

namespace fa_check {
namespace {

const clang::Expr* bare_text(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource()->IgnoreParenImpCasts();
  // A view or a string of one thing.
  while (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(expression)) {
    unsigned given = 0;
    for (const clang::Expr* argument : made->arguments())
      if (!llvm::isa<clang::CXXDefaultArgExpr>(argument)) ++given;
    if (given != 1) break;
    expression = made->getArg(0)->IgnoreUnlessSpelledInSource()->IgnoreParenImpCasts();
  }
  return expression;
}

// A variable whose value cannot change.
const clang::Expr* init_of(const clang::Expr* expression) {
  const auto* const name = llvm::dyn_cast<clang::DeclRefExpr>(expression);
  const auto* const variable =
      name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable == nullptr || llvm::isa<clang::ParmVarDecl>(variable)) return nullptr;
  const clang::QualType type = variable->getType();
  // const char* may point elsewhere tomorrow; const char* const, an array, a view may not.
  if (!variable->isConstexpr() && !type.isConstQualified() &&
      !(type->isArrayType() && type->getAsArrayTypeUnsafe()->getElementType().isConstQualified()))
    return nullptr;
  return variable->getAnyInitializer();
}

// The literal that a pointer to its beginning points at, or a view of all of it.
const clang::StringLiteral* literal_at(const clang::APValue& value) {
  if (value.isStruct()) {
    const clang::StringLiteral* text = nullptr;
    for (unsigned i = 0; i < value.getStructNumFields() && text == nullptr; ++i)
      text = literal_at(value.getStructField(i));
    for (unsigned i = 0; i < value.getStructNumFields(); ++i)
      if (text != nullptr && value.getStructField(i).isInt() &&
          value.getStructField(i).getInt() != text->getLength())
        return nullptr;
    return text;
  }
  if (!value.isLValue() || !value.getLValueOffset().isZero()) return nullptr;
  const auto* const base = value.getLValueBase().dyn_cast<const clang::Expr*>();
  return llvm::dyn_cast_or_null<clang::StringLiteral>(base);
}

// What a constant function gives.
std::optional<std::string> evaluated_text(const clang::ASTContext& context,
                                          const clang::Expr* expression) {
  clang::Expr::EvalResult result;
  if (expression->isValueDependent() || !expression->isPRValue() ||
      !expression->EvaluateAsConstantExpr(result, context))
    return std::nullopt;
  const clang::StringLiteral* const text = literal_at(result.Val);
  if (text == nullptr || text->getCharByteWidth() != 1) return std::nullopt;
  return text->getString().str();
}

}  // namespace

std::optional<std::string> constant_text(const clang::ASTContext& context,
                                         const clang::Expr* expression) {
  for (unsigned steps = 0; expression != nullptr && steps < 8; ++steps) {
    expression = bare_text(expression);
    if (const auto* text = llvm::dyn_cast<clang::StringLiteral>(expression)) {
      if (text->getCharByteWidth() != 1) return std::nullopt;
      return text->getString().str();
    }
    // "physics"sv
    if (const auto* literal = llvm::dyn_cast<clang::UserDefinedLiteral>(expression)) {
      if (literal->getLiteralOperatorKind() != clang::UserDefinedLiteral::LOK_String ||
          literal->getNumArgs() == 0 || literal->getDirectCallee() == nullptr ||
          !is_in_std(*literal->getDirectCallee()))
        return std::nullopt;
      expression = literal->getArg(0);
      continue;
    }
    if (const clang::Expr* init = init_of(expression)) {
      expression = init;
      continue;
    }
    // A constant choice between two.
    if (const auto* choice = llvm::dyn_cast<clang::ConditionalOperator>(expression)) {
      bool outcome = false;
      if (choice->getCond()->isValueDependent() ||
          !choice->getCond()->EvaluateAsBooleanCondition(outcome, context))
        return std::nullopt;
      expression = outcome ? choice->getTrueExpr() : choice->getFalseExpr();
      continue;
    }
    return evaluated_text(context, expression);
  }
  return std::nullopt;
}

std::vector<std::string> components_of(const std::string& tag) {
  std::vector<std::string> components;
  for (std::size_t begin = 0; begin <= tag.size();) {
    const std::size_t end = std::min(tag.find("::", begin), tag.size());
    // Empty levels are left out.
    if (end > begin) components.push_back(tag.substr(begin, end - begin));
    begin = end + 2;
  }
  return components;
}

bool Tags::is_use(const clang::FunctionDecl& function) {
  if (!function.getDeclName().isIdentifier()) return false;
  const llvm::StringRef name = function.getName();
  if (name != "with_tag" && name != "tag_scope") return false;
  return is_in_framealloc(function);
}

void Tags::note(const clang::CallExpr& call) {
  const clang::FunctionDecl* const function = call.getDirectCallee();
  if (function == nullptr || call.getNumArgs() == 0 || !function->getDeclName().isIdentifier())
    return;
  if (is_use(*function)) uses_.push_back(&call);
  if (function->getName() == "register_tag_budget" && is_in_framealloc(*function))
    budgets_.push_back(&call);
}

}  // namespace fa_check
