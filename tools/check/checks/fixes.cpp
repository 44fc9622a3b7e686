// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/fixes.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace fa_check {
namespace {

const clang::FunctionDecl* enclosing_function(clang::ASTContext& context,
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
    const auto* const variable =
        llvm::dyn_cast<clang::VarDecl>(static_cast<const clang::ValueDecl*>(data.key));
    if (variable == nullptr || variable->isStaticLocal() || variable->isStaticDataMember())
      return "";
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

}  // namespace

std::string text_of(const CheckInput& input, clang::SourceLocation begin,
                    clang::SourceLocation end) {
  if (begin.isInvalid() || end.isInvalid() || begin.isMacroID() || end.isMacroID()) return "";
  return clang::Lexer::getSourceText(clang::CharSourceRange::getTokenRange(begin, end),
                                     input.context.getSourceManager(), input.context.getLangOpts())
      .str();
}

std::optional<std::string> indentation(const clang::SourceManager& sources,
                                       clang::SourceLocation place) {
  const unsigned column = sources.getSpellingColumnNumber(place);
  const char* const line = sources.getCharacterData(place) - (column - 1);
  std::string text(line, column - 1);
  if (text.find_first_not_of(" \t") != std::string::npos) return std::nullopt;
  return text;
}

Edit edit_between(const CheckInput& input, clang::SourceLocation begin, clang::SourceLocation end,
                  std::string text) {
  const clang::SourceManager& sources = input.context.getSourceManager();
  Edit edit;
  edit.file = path_of(sources, begin);
  edit.line = sources.getSpellingLineNumber(begin);
  edit.column = sources.getSpellingColumnNumber(begin);
  edit.end_line = sources.getSpellingLineNumber(end);
  edit.end_column = sources.getSpellingColumnNumber(end);
  edit.text = std::move(text);
  return edit;
}

const clang::Stmt* statement_around(clang::ASTContext& context, const clang::Stmt* node,
                                    const clang::CompoundStmt*& block) {
  for (unsigned steps = 0; steps < 12; ++steps) {
    const auto parents = context.getParents(*node);
    if (parents.empty()) return nullptr;
    block = parents[0].get<clang::CompoundStmt>();
    if (block != nullptr) return node;
    // Of a declaration, the expression's parent is the variable, and its parent the statement.
    if (const auto* variable = parents[0].get<clang::VarDecl>()) {
      const auto above = context.getParents(*variable);
      node = above.empty() ? nullptr : above[0].get<clang::Stmt>();
    } else {
      node = parents[0].get<clang::Stmt>();
    }
    if (node == nullptr) return nullptr;
  }
  return nullptr;
}

std::optional<Fix> reset_before_end(const CheckInput& input, PlaceId into, SiteId end) {
  if (end == 0 || into == 0) return std::nullopt;
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(input.places.expression(end));
  if (call == nullptr || !is_statement(input.context, call)) return std::nullopt;
  const clang::FunctionDecl* const function = enclosing_function(input.context, call);
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
  Edit edit = edit_between(input, place, place,
                           name + (type->isPointerType() ? " = nullptr;\n" : " = {};\n") + *before);
  Fix fix;
  fix.message = "empty '" + name + "' before the frame ends";
  fix.edits.push_back(std::move(edit));
  return fix;
}

std::optional<Fix> construct_at_once(const CheckInput& input, const clang::Stmt* allocation) {
  const auto* const call = llvm::dyn_cast_or_null<clang::CXXMemberCallExpr>(allocation);
  if (call == nullptr || call->getMethodDecl() == nullptr) return std::nullopt;
  const clang::CXXMethodDecl& method = *call->getMethodDecl();
  const auto* const member = llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParens());
  if (!method.getDeclName().isIdentifier() || method.getName() != "frame_alloc" ||
      !is_in_framealloc(method) || member == nullptr || member->getMemberLoc().isMacroID() ||
      call->getRParenLoc().isMacroID())
    return std::nullopt;
  for (const clang::Expr* argument : call->arguments())
    if (!llvm::isa<clang::CXXDefaultArgExpr>(argument)) return std::nullopt;
  // T* object = alloc.frame_alloc<T>();
  const clang::CompoundStmt* block = nullptr;
  const auto* const declared =
      llvm::dyn_cast_or_null<clang::DeclStmt>(statement_around(input.context, call, block));
  if (declared == nullptr || !declared->isSingleDecl()) return std::nullopt;
  const auto* const pointer = llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl());
  if (pointer == nullptr || pointer->getInit() == nullptr ||
      pointer->getInit()->IgnoreParenImpCasts() != call)
    return std::nullopt;
  const auto next = std::find(block->body_begin(), block->body_end(), declared) + 1;
  if (next == block->body_end()) return std::nullopt;
  // new (object) T(arguments);
  const auto* const whole = llvm::dyn_cast<clang::Expr>(*next);
  const auto* const made =
      whole == nullptr
          ? nullptr
          : llvm::dyn_cast<clang::CXXNewExpr>(whole->IgnoreParenImpCasts()->IgnoreImplicit());
  if (made == nullptr || made->isArray() || made->getNumPlacementArgs() != 1 ||
      !input.context.hasSameType(made->getAllocatedType(), pointer->getType()->getPointeeType()))
    return std::nullopt;
  const auto* const where =
      llvm::dyn_cast<clang::DeclRefExpr>(made->getPlacementArg(0)->IgnoreParenCasts());
  if (where == nullptr || where->getDecl() != pointer) return std::nullopt;
  const clang::SourceRange parentheses = made->getDirectInitRange();
  std::string arguments;
  if (made->getInitializationStyle() == clang::CXXNewInitializationStyle::Parens) {
    arguments = text_of(input, parentheses.getBegin(), parentheses.getEnd());
    if (arguments.size() < 2 || arguments.front() != '(' || arguments.back() != ')')
      return std::nullopt;
    arguments = arguments.substr(1, arguments.size() - 2);
  } else if (made->getInitializationStyle() != clang::CXXNewInitializationStyle::None) {
    return std::nullopt;  // braces mean other constructors
  }
  // The arguments must not name what is made only now.
  if (arguments.find(pointer->getNameAsString()) != arguments.npos) return std::nullopt;
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::LangOptions& language = input.context.getLangOpts();
  const auto behind = [&](clang::SourceLocation token) {
    return clang::Lexer::getLocForEndOfToken(token, 0, sources, language);
  };
  const clang::SourceLocation first = behind(declared->getEndLoc());
  const clang::SourceLocation last = clang::Lexer::findLocationAfterToken(
      whole->getEndLoc(), clang::tok::semi, sources, language, /*SkipTrailingWhitespace=*/false);
  if (first.isInvalid() || last.isInvalid()) return std::nullopt;
  // A comment between the two would be lost.
  const llvm::StringRef between = clang::Lexer::getSourceText(
      clang::CharSourceRange::getCharRange(first, whole->getBeginLoc()), sources, language);
  if (between.find_first_not_of(" \t\r\n") != llvm::StringRef::npos) return std::nullopt;
  Fix fix;
  fix.message = "construct it with frame_new(), which destroys it at the end of the frame";
  fix.edits.push_back(
      edit_between(input, member->getMemberLoc(), behind(member->getMemberLoc()), "frame_new"));
  if (!arguments.empty())
    fix.edits.push_back(edit_between(input, call->getRParenLoc(), call->getRParenLoc(), arguments));
  fix.edits.push_back(edit_between(input, first, last, ""));
  return fix;
}

}  // namespace fa_check
