// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/fixes.hpp"

#include <string>
#include <utility>

namespace fa_check {
namespace {

const clang::FunctionDecl* function_around(clang::ASTContext& context,
                                           const clang::Stmt* statement) {
  clang::DynTypedNode node = clang::DynTypedNode::create(*statement);
  for (unsigned steps = 0; steps < 400; ++steps) {
    const auto parents = context.getParents(node);
    if (parents.empty()) return nullptr;
    node = parents[0];
    if (const auto* function = node.get<clang::FunctionDecl>()) return function;
  }
  return nullptr;
}

// Whether the expression stands alone between others: then a line may go before it.
bool is_statement(clang::ASTContext& context, const clang::Expr* expression) {
  clang::DynTypedNode node = clang::DynTypedNode::create(*expression);
  for (unsigned steps = 0; steps < 4; ++steps) {
    const auto parents = context.getParents(node);
    if (parents.empty()) return false;
    if (parents[0].get<clang::CompoundStmt>() != nullptr) return true;
    if (parents[0].get<clang::ExprWithCleanups>() == nullptr) return false;
    node = parents[0];
  }
  return false;
}

// The name by which the function may call the place, or "".
std::string name_in(const CheckInput& input, PlaceId place, const clang::FunctionDecl& function) {
  const PlaceData& data = input.places[place];
  if (data.kind == PlaceKind::Global) {
    const auto* const variable = static_cast<const clang::VarDecl*>(data.key);
    if (variable->isStaticLocal() || variable->isStaticDataMember()) return "";
    const clang::SourceManager& sources = input.context.getSourceManager();
    if (!sources.isBeforeInTranslationUnit(variable->getLocation(), function.getLocation()))
      return "";
    return variable->getQualifiedNameAsString();
  }
  if (data.kind != PlaceKind::Field) return "";
  const auto* const field = static_cast<const clang::FieldDecl*>(data.key);
  if (input.places[data.parent].kind != PlaceKind::This) return "";
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method == nullptr || method->isConst() ||
      method->getParent()->getCanonicalDecl() != field->getParent()->getCanonicalDecl())
    return "";
  for (const clang::ParmVarDecl* parameter : method->parameters())
    if (parameter->getName() == field->getName()) return "";
  return field->getNameAsString();
}

// The white space before the place on its line; nothing when something else stands there.
std::optional<std::string> indentation(const clang::SourceManager& sources,
                                       clang::SourceLocation place) {
  const unsigned column = sources.getSpellingColumnNumber(place);
  const char* const line = sources.getCharacterData(place) - (column - 1);
  std::string text(line, column - 1);
  if (text.find_first_not_of(" \t") != std::string::npos) return std::nullopt;
  return text;
}

}  // namespace

std::optional<Fix> reset_before_end(const CheckInput& input, PlaceId into, SiteId end) {
  if (end == 0 || into == 0) return std::nullopt;
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(input.places.expression(end));
  if (call == nullptr || !is_statement(input.context, call)) return std::nullopt;
  const clang::FunctionDecl* const function = function_around(input.context, call);
  if (function == nullptr || function->isTemplateInstantiation()) return std::nullopt;
  const std::string name = name_in(input, into, *function);
  if (name.empty()) return std::nullopt;
  // What shares memory holds that memory alone; a container may hold more.
  const clang::QualType type =
      static_cast<const clang::ValueDecl*>(input.places[into].key)->getType();
  const Kind kind = input.model.kind_of(type);
  if (type.isConstQualified() || type->isReferenceType()) return std::nullopt;
  if (!type->isPointerType() && kind != Kind::View && kind != Kind::Box && kind != Kind::Retained)
    return std::nullopt;
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation place = call->getBeginLoc();
  if (place.isInvalid() || place.isMacroID()) return std::nullopt;
  const std::optional<std::string> before = indentation(sources, place);
  if (!before) return std::nullopt;
  Edit edit;
  edit.file = path_of(sources, place);
  edit.line = edit.end_line = sources.getSpellingLineNumber(place);
  edit.column = edit.end_column = sources.getSpellingColumnNumber(place);
  edit.text = name + (type->isPointerType() ? " = nullptr;\n" : " = {};\n") + *before;
  Fix fix;
  fix.message = "empty '" + name + "' before the frame ends";
  fix.edits.push_back(std::move(edit));
  return fix;
}

}  // namespace fa_check
