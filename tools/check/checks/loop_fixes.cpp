// SPDX-License-Identifier: MIT OR Apache-2.0
// Fixes for loops: room that is taken once, before the first turn.
#include "checks/fixes.hpp"

#include <string>
#include <utility>

namespace fa_check {
namespace {

const clang::Expr* as_spelled(const clang::Expr* expression) {
  return expression->IgnoreUnlessSpelledInSource()->IgnoreParenImpCasts();
}

bool has_method(clang::QualType type, llvm::StringRef name) {
  const clang::CXXRecordDecl* const record = record_of(type.getNonReferenceType());
  if (record == nullptr || !record->hasDefinition()) return false;
  for (const clang::CXXMethodDecl* method : record->getDefinition()->methods())
    if (method->getDeclName().isIdentifier() && method->getName() == name &&
        method->getAccess() == clang::AS_public)
      return true;
  // Of std's strings and vectors the method may lie in a base.
  for (const clang::CXXBaseSpecifier& base : record->getDefinition()->bases())
    if (base.getAccessSpecifier() == clang::AS_public && has_method(base.getType(), name))
      return true;
  return false;
}

// Whether evaluating it once more does nothing and gives the same: a name, a member, its size().
bool is_plain(const clang::Expr* expression) {
  expression = as_spelled(expression);
  if (llvm::isa<clang::DeclRefExpr>(expression) || llvm::isa<clang::CXXThisExpr>(expression) ||
      llvm::isa<clang::IntegerLiteral>(expression))
    return true;
  if (const auto* member = llvm::dyn_cast<clang::MemberExpr>(expression))
    return is_plain(member->getBase());
  const auto* const call = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression);
  return call != nullptr && call->getNumArgs() == 0 && call->getMethodDecl() != nullptr &&
         call->getMethodDecl()->isConst() && call->getMethodDecl()->getDeclName().isIdentifier() &&
         call->getMethodDecl()->getName() == "size" && is_plain(call->getImplicitObjectArgument());
}

// How many turns there are, as an expression that no sign can spoil; "" when it cannot be told so.
std::string count_of(const CheckInput& input, const LoopTurns& turns) {
  if (turns.number) return std::to_string(*turns.number);
  if (turns.range != nullptr) {
    const clang::Expr* const range = as_spelled(turns.range);
    if (!is_plain(range) || !has_method(range->getType(), "size")) return "";
    const std::string text = text_of(input, range->getBeginLoc(), range->getEndLoc());
    return text.empty() ? "" : text + ".size()";
  }
  if (turns.bound == nullptr || turns.counter == nullptr) return "";
  const clang::Expr* const bound = as_spelled(turns.bound);
  if (!is_plain(bound) || !bound->getType()->isUnsignedIntegerType()) return "";
  return text_of(input, bound->getBeginLoc(), bound->getEndLoc());
}

// The variable that the count hangs on, when it has had its value since it was declared.
const clang::VarDecl* fixed_variable(const LoopTurns& turns) {
  const clang::Expr* expression = as_spelled(turns.range != nullptr ? turns.range : turns.bound);
  if (const auto* call = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression))
    expression = as_spelled(call->getImplicitObjectArgument());
  const auto* const name = llvm::dyn_cast<clang::DeclRefExpr>(expression);
  const auto* const variable =
      name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
  if (variable == nullptr) return nullptr;
  // A reference to something constant may change by another name.
  return variable->getType().isConstQualified() ? variable : nullptr;
}

// frame_vec<T>() without a capacity, in a declaration of the variable; null when it is none.
const clang::CXXMemberCallExpr* made_without_capacity(const clang::VarDecl& variable) {
  if (variable.getInit() == nullptr) return nullptr;
  const auto* const call = llvm::dyn_cast<clang::CXXMemberCallExpr>(as_spelled(variable.getInit()));
  if (call == nullptr || call->getMethodDecl() == nullptr) return nullptr;
  const clang::CXXMethodDecl& method = *call->getMethodDecl();
  if (!method.getDeclName().isIdentifier() || method.getName() != "frame_vec" ||
      !is_in_framealloc(method))
    return nullptr;
  for (const clang::Expr* argument : call->arguments())
    if (!llvm::isa<clang::CXXDefaultArgExpr>(argument)) return nullptr;
  return call;
}

bool leaves_early(const clang::Stmt* statement) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitBreakStmt(clang::BreakStmt*) { return note(); }
    bool VisitContinueStmt(clang::ContinueStmt*) { return note(); }
    bool VisitReturnStmt(clang::ReturnStmt*) { return note(); }
    bool VisitGotoStmt(clang::GotoStmt*) { return note(); }
    bool VisitCXXThrowExpr(clang::CXXThrowExpr*) { return note(); }
    bool note() {
      found = true;
      return false;
    }
    bool found = false;
  } visitor;
  visitor.TraverseStmt(const_cast<clang::Stmt*>(statement));
  return visitor.found;
}

// Whether the pointer is only ever followed: nobody keeps it, and nobody asks whether it is null.
bool is_only_followed(clang::ASTContext& context, const clang::VarDecl& pointer,
                      const clang::Stmt* body) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitDeclRefExpr(clang::DeclRefExpr* name) {
      if (name->getDecl() != pointer) return true;
      clang::DynTypedNode node = clang::DynTypedNode::create(*name);
      for (unsigned steps = 0; steps < 4; ++steps) {
        const auto parents = context->getParents(node);
        if (parents.empty()) break;
        node = parents[0];
        if (node.get<clang::ImplicitCastExpr>() == nullptr) break;
      }
      const auto* const dereference = node.get<clang::UnaryOperator>();
      const auto* const member = node.get<clang::MemberExpr>();
      const bool follows =
          (dereference != nullptr && dereference->getOpcode() == clang::UO_Deref) ||
          (member != nullptr && member->isArrow());
      // What is followed to may be taken by address again.
      const auto up = context->getParents(node);
      const auto* const address = up.empty() ? nullptr : up[0].get<clang::UnaryOperator>();
      good = good && follows && (address == nullptr || address->getOpcode() != clang::UO_AddrOf);
      return good;
    }
    clang::ASTContext* context = nullptr;
    const clang::VarDecl* pointer = nullptr;
    bool good = true;
  } visitor;
  visitor.context = &context;
  visitor.pointer = &pointer;
  visitor.TraverseStmt(const_cast<clang::Stmt*>(body));
  return visitor.good;
}

bool is_named(const clang::Stmt* within, llvm::StringRef name) {
  struct Visitor : clang::RecursiveASTVisitor<Visitor> {
    bool VisitNamedDecl(clang::NamedDecl* declaration) { return note(declaration); }
    bool VisitDeclRefExpr(clang::DeclRefExpr* use) { return note(use->getDecl()); }
    bool VisitMemberExpr(clang::MemberExpr* use) { return note(use->getMemberDecl()); }
    bool note(const clang::NamedDecl* declaration) {
      found =
          found || (declaration->getDeclName().isIdentifier() && declaration->getName() == name);
      return !found;
    }
    llvm::StringRef name;
    bool found = false;
  } visitor;
  visitor.name = name;
  visitor.TraverseStmt(const_cast<clang::Stmt*>(within));
  return visitor.found;
}

// A line before the loop, which must stand alone on its own; nothing when it does not.
std::optional<Edit> line_before(const CheckInput& input, const clang::Stmt& loop,
                                const std::string& text) {
  const clang::SourceLocation place = loop.getBeginLoc();
  const clang::CompoundStmt* block = nullptr;
  if (place.isInvalid() || place.isMacroID() ||
      statement_around(input.context, &loop, block) != &loop)
    return std::nullopt;
  const auto before = indentation(input.context.getSourceManager(), place);
  if (!before) return std::nullopt;
  return edit_between(input, place, place, text + "\n" + *before);
}

}  // namespace

std::optional<Fix> give_capacity(const CheckInput& input, const Turning& turning,
                                 const LoopTurns& turns, const clang::CallExpr& growth) {
  const auto* const call = llvm::dyn_cast<clang::CXXMemberCallExpr>(&growth);
  const Loop& loop = *turning.loop;
  // In a loop of loops it would be given its room again and again.
  if (call == nullptr || loop.outer != nullptr || input.bodies.loops().around(call) != &loop)
    return std::nullopt;
  if (loop.function == nullptr || loop.function->isTemplateInstantiation()) return std::nullopt;
  const clang::Expr* const object = as_spelled(call->getImplicitObjectArgument());
  if (!is_plain(object) || object->getType()->isPointerType()) return std::nullopt;
  const std::string count = count_of(input, turns);
  const std::string name = text_of(input, object->getBeginLoc(), object->getEndLoc());
  if (count.empty() || name.empty() || !has_method(object->getType(), "reserve"))
    return std::nullopt;
  Fix fix;
  fix.message = "give '" + name + "' room for " + count;
  const auto* const used = llvm::dyn_cast<clang::DeclRefExpr>(object);
  const auto* const variable =
      used == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(used->getDecl());
  const clang::CXXMemberCallExpr* const made =
      variable == nullptr ? nullptr : made_without_capacity(*variable);
  if (made != nullptr && !made->getRParenLoc().isMacroID()) {
    const clang::VarDecl* const known = turns.number ? nullptr : fixed_variable(turns);
    const clang::SourceManager& sources = input.context.getSourceManager();
    if (turns.number || (known != nullptr && sources.isBeforeInTranslationUnit(
                                                 known->getLocation(), variable->getLocation()))) {
      fix.edits.push_back(edit_between(input, made->getRParenLoc(), made->getRParenLoc(), count));
      return fix;
    }
  }
  auto edit = line_before(input, *loop.statement, name + ".reserve(" + count + ");");
  if (!edit) return std::nullopt;
  fix.edits.push_back(std::move(*edit));
  return fix;
}

std::optional<Fix> batch_before_loop(const CheckInput& input, const Turning& turning,
                                     const LoopTurns& turns, const clang::CallExpr& allocation) {
  const Loop& loop = *turning.loop;
  const auto* const statement = llvm::dyn_cast_or_null<clang::ForStmt>(loop.statement);
  const auto* const call = llvm::dyn_cast<clang::CXXMemberCallExpr>(&allocation);
  if (statement == nullptr || call == nullptr || turns.counter == nullptr ||
      turns.bound == nullptr || input.bodies.loops().around(call) != &loop)
    return std::nullopt;
  if (loop.function == nullptr || loop.function->isTemplateInstantiation()) return std::nullopt;
  const clang::CXXMethodDecl* const method = call->getMethodDecl();
  if (method == nullptr || !method->getDeclName().isIdentifier() ||
      method->getName() != "frame_alloc")
    return std::nullopt;
  for (const clang::Expr* argument : call->arguments())
    if (!llvm::isa<clang::CXXDefaultArgExpr>(argument)) return std::nullopt;
  const std::string count = count_of(input, turns);
  if (count.empty() || leaves_early(statement->getBody())) return std::nullopt;
  // T* cell = alloc.frame_alloc<T>();
  const clang::CompoundStmt* block = nullptr;
  const auto* const declared =
      llvm::dyn_cast_or_null<clang::DeclStmt>(statement_around(input.context, call, block));
  if (declared == nullptr || !declared->isSingleDecl() || block != statement->getBody())
    return std::nullopt;
  const auto* const pointer = llvm::dyn_cast<clang::VarDecl>(declared->getSingleDecl());
  if (pointer == nullptr || pointer->getInit() == nullptr ||
      as_spelled(pointer->getInit()) != call || !pointer->getType()->isPointerType() ||
      pointer->getType()->getPointeeType()->isVoidType() ||
      !is_only_followed(input.context, *pointer, statement->getBody()))
    return std::nullopt;
  // The allocator and the name of the function, as they are written.
  const auto* const member = llvm::dyn_cast<clang::MemberExpr>(call->getCallee()->IgnoreParens());
  if (member == nullptr || !is_plain(call->getImplicitObjectArgument()) ||
      member->getMemberLoc().isMacroID() || !member->hasExplicitTemplateArgs())
    return std::nullopt;
  const std::string whole = text_of(input, call->getBeginLoc(), call->getEndLoc());
  const std::string object = text_of(input, call->getBeginLoc(), member->getOperatorLoc());
  const std::string arguments = text_of(input, member->getLAngleLoc(), member->getRAngleLoc());
  const std::string batch = pointer->getNameAsString() + "_batch";
  if (whole.empty() || object.empty() || arguments.empty() ||
      is_named(loop.function->getBody(), batch))
    return std::nullopt;
  auto before = line_before(input, *statement,
                            "auto* const " + batch + " = " + object + "frame_alloc_batch" +
                                arguments + "(" + count + ");");
  if (!before) return std::nullopt;
  const clang::SourceManager& sources = input.context.getSourceManager();
  const clang::SourceLocation end =
      clang::Lexer::getLocForEndOfToken(call->getEndLoc(), 0, sources, input.context.getLangOpts());
  Fix fix;
  fix.message = "take all of them before the loop";
  fix.edits.push_back(std::move(*before));
  fix.edits.push_back(edit_between(input, call->getBeginLoc(), end,
                                   batch + " + " + turns.counter->getNameAsString()));
  return fix;
}

}  // namespace fa_check
