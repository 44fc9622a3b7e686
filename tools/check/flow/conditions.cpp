// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what a branch tells about the variables in its condition.
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

const clang::Expr* stripped(const clang::Expr* expression) {
  return expression == nullptr ? nullptr : expression->IgnoreParenImpCasts();
}

// Whether it is joinable() of a thread, or valid() of a future.
bool asks_for_thread(const clang::CXXMethodDecl* method) {
  if (method == nullptr || !is_in_std(*method) || !method->getDeclName().isIdentifier())
    return false;
  return method->getName() == "joinable" || method->getName() == "valid";
}

bool is_null_constant(const clang::ASTContext& context, const clang::Expr* expression) {
  return expression->isNullPointerConstant(const_cast<clang::ASTContext&>(context),
                                           clang::Expr::NPC_ValueDependentIsNotNull) !=
         clang::Expr::NPCK_NotNull;
}

// The && or || that the block begins with, or null: its operands were evaluated on the ways to the block.
const clang::BinaryOperator* decided_in(const clang::CFGBlock& block) {
  for (const clang::CFGElement& element : block) {
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) continue;
    const auto* const first = llvm::dyn_cast<clang::BinaryOperator>(statement->getStmt());
    return first != nullptr && first->isLogicalOp() ? first : nullptr;
  }
  return nullptr;
}

}  // namespace

void Solver::decide_logical(const Call& call, State& state, const clang::CFGBlock& block,
                            const clang::CFGBlock& target, unsigned index) {
  const clang::BinaryOperator* const decided = decided_in(target);
  if (decided == nullptr) return;
  Value outcome = Value::unknown();
  const auto* const way = llvm::dyn_cast_or_null<clang::BinaryOperator>(block.getTerminatorStmt());
  if (way != nullptr && way->isLogicalOp()) {
    outcome.number = index == 0 ? 1 : 0;
  } else {
    const clang::Expr* last = decided;
    for (const auto* e = decided; e != nullptr && e->isLogicalOp();
         e = llvm::dyn_cast<clang::BinaryOperator>(last->IgnoreParens()))
      last = e->getRHS();
    outcome.number = value(call, state, last).number;
  }
  state.values[decided] = outcome;
}

bool Solver::refine_null(const Call& call, State& state, const clang::Expr* pointer, bool is_null) {
  const Value objects = value(call, state, pointer);
  Value held = load(state, objects, pointer->getType());
  if (!is_null && held.is_only_null()) return false;
  const Kind kind = model_.kind_of(pointer->getType().getNonReferenceType());
  if (is_null && !held.null && !held.other && !held.to.empty()) {
    // Memory may have been denied; an object that has a name is never null.
    const bool named = std::all_of(held.to.begin(), held.to.end(), [&](const Target& target) {
      const PlaceKind place = places_[places_.root(target.place)].kind;
      return place == PlaceKind::Local || place == PlaceKind::Global;
    });
    if (named && kind == Kind::Pointer) return false;
  }
  if (objects.to.size() != 1 || objects.other) return true;
  const PlaceId place = objects.to.front().place;
  if (places_[place].kind == PlaceKind::Element) return true;
  if (is_null) {
    if (kind == Kind::Pointer || kind == Kind::Box || kind == Kind::View)
      state.cells[place] = Value::nothing();
    return true;
  }
  held.null = false;
  if (kind == Kind::Box || kind == Kind::Retained) {
    // The box is told when its frame ends: it is not null, so its frame goes on.
    std::erase_if(held.to, [&](const Target& target) {
      const auto life = state.lives.find(places_.root(target.place));
      return life != state.lives.end() && is_over(state, life->second);
    });
  }
  const auto cell = state.cells.find(place);
  if (cell != state.cells.end()) cell->second = held;
  return true;
}

bool Solver::refine_equal(const Call& call, State& state, const clang::Expr* left,
                          const clang::Expr* right, bool equal) {
  const Value held = value(call, state, left);
  const Value wanted = value(call, state, right);
  if (!wanted.number) return true;
  if (held.number) return (*held.number == *wanted.number) == equal;
  const clang::Expr* const object = stripped(left);
  if (object == nullptr || !object->isGLValue()) return true;
  const Value places = value(call, state, object);
  if (places.to.size() != 1 || places.other) return true;
  const PlaceId place = places.to.front().place;
  const auto fact = state.facts.find({place, *wanted.number});
  if (fact != state.facts.end()) return fact->second == equal;
  for (const auto& [known, holds] : state.facts)
    if (known.first == place && holds && known.second != *wanted.number && equal) return false;
  state.facts[{place, *wanted.number}] = equal;
  return true;
}

// Effect: as learn_from_call() where a size is compared with 0 or 1.
void Solver::learn_from_size(const Call& call, State& state, const clang::BinaryOperator* compared,
                             bool holds) {
  const clang::Expr* left = stripped(compared->getLHS());
  const clang::Expr* right = stripped(compared->getRHS());
  clang::BinaryOperatorKind op = compared->getOpcode();
  if (llvm::isa_and_nonnull<clang::IntegerLiteral>(left)) {
    std::swap(left, right);
    if (compared->isRelationalOp()) op = clang::BinaryOperator::reverseComparisonOp(op);
  }
  const auto* const asked = llvm::dyn_cast_or_null<clang::CXXMemberCallExpr>(left);
  const auto* const bound = llvm::dyn_cast_or_null<clang::IntegerLiteral>(right);
  if (asked == nullptr || bound == nullptr || asked->getMethodDecl() == nullptr) return;
  const clang::CXXMethodDecl& method = *asked->getMethodDecl();
  if (!method.getDeclName().isIdentifier() || method.getName() != "size") return;
  const bool zero = bound->getValue() == 0;
  const bool one = bound->getValue() == 1;
  const bool is_empty = (zero && (op == clang::BO_EQ || op == clang::BO_LE) && holds) ||
                        (zero && (op == clang::BO_NE || op == clang::BO_GT) && !holds) ||
                        (one && op == clang::BO_LT && holds) ||
                        (one && op == clang::BO_GE && !holds);
  if (is_empty) learn_from_call(call, state, asked, false);
}

// Effect: a container that says that it is empty holds nothing; a handle that is valid is not freed.
void Solver::learn_from_call(const Call& call, State& state, const clang::CXXMemberCallExpr* asked,
                             bool holds) {
  const clang::CXXMethodDecl* const method = asked->getMethodDecl();
  if (method == nullptr) return;
  const llvm::StringRef name =
      method->getDeclName().isIdentifier() ? method->getName() : llvm::StringRef();
  if (name == "is_valid" && holds && is_in_framealloc(*method) && asked->getNumArgs() > 0) {
    for (const Target& target : load(state, value(call, state, asked->getArg(0)), {}).to)
      std::erase(state.ended, target.place);
    return;
  }
  const bool is_empty =
      (name == "empty" && holds) || (name == "size" && !holds) || (name == "has_value" && !holds) ||
      (llvm::isa<clang::CXXConversionDecl>(method) && asked->getType()->isBooleanType() && !holds);
  if (!is_empty || !is_in_std(*method)) return;
  if (model_.kind_of(type_of(context_, method->getParent())) != Kind::Container) return;
  const Value objects = value(call, state, asked->getImplicitObjectArgument());
  if (objects.to.size() != 1 || objects.other) return;
  const PlaceId object = objects.to.front().place;
  if (places_[object].kind == PlaceKind::Element) return;
  std::erase_if(state.cells, [&](const auto& cell) {
    return cell.first != object && places_.is_below(cell.first, object);
  });
}

// Effect: keeps in `state` what holds where `condition` has the given outcome.
// Result: false when it cannot have.
bool Solver::refine(const Call& call, State& state, const clang::Expr* condition, bool holds) {
  condition = stripped(condition);
  if (condition == nullptr) return true;
  if (const auto* cleanup = llvm::dyn_cast<clang::FullExpr>(condition))
    return refine(call, state, cleanup->getSubExpr(), holds);
  if (const auto* rewritten = llvm::dyn_cast<clang::CXXRewrittenBinaryOperator>(condition))
    return refine(call, state, rewritten->getSemanticForm(), holds);
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(condition)) {
    if (e->getOpcode() == clang::UO_LNot) return refine(call, state, e->getSubExpr(), !holds);
    return true;
  }
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(condition)) {
    if (e->isLogicalOp()) {
      // The block of the last operand decides; the others have been refined on the way.
      return refine(call, state, e->getRHS(), holds) || (e->getOpcode() == clang::BO_LOr) == holds;
    }
    learn_from_size(call, state, e, holds);
    if (!e->isEqualityOp()) {
      const Value left = value(call, state, e->getLHS());
      const Value right = value(call, state, e->getRHS());
      if (!left.number || !right.number || !e->isRelationalOp()) return true;
      const bool less = *left.number < *right.number;
      const bool same = *left.number == *right.number;
      bool outcome = less;
      if (e->getOpcode() == clang::BO_GT) outcome = !less && !same;
      if (e->getOpcode() == clang::BO_LE) outcome = less || same;
      if (e->getOpcode() == clang::BO_GE) outcome = !less;
      return outcome == holds;
    }
    const bool equal = (e->getOpcode() == clang::BO_EQ) == holds;
    for (const auto& [left, right] :
         {std::pair(e->getLHS(), e->getRHS()), std::pair(e->getRHS(), e->getLHS())}) {
      if (is_null_constant(context_, right) && stripped(left)->getType()->isPointerType() &&
          stripped(left)->isGLValue())
        return refine_null(call, state, stripped(left), equal);
    }
    if (e->getLHS()->getType()->isIntegralOrEnumerationType()) {
      const bool swapped = value(call, state, e->getLHS()).number.has_value();
      return refine_equal(call, state, swapped ? e->getRHS() : e->getLHS(),
                          swapped ? e->getLHS() : e->getRHS(), equal);
    }
    return true;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXOperatorCallExpr>(condition)) {
    const clang::OverloadedOperatorKind op = e->getOperator();
    if ((op == clang::OO_EqualEqual || op == clang::OO_ExclaimEqual) && e->getNumArgs() == 2) {
      const bool equal = (op == clang::OO_EqualEqual) == holds;
      for (unsigned i = 0; i < 2; ++i) {
        if (e->getArg(1 - i)->IgnoreUnlessSpelledInSource()->getType()->isNullPtrType())
          return refine_null(call, state, stripped(e->getArg(i)), equal);
      }
    }
    return true;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXMemberCallExpr>(condition)) {
    learn_from_call(call, state, e, holds);
    if (!holds && asks_for_thread(e->getMethodDecl())) {
      // A thread that was started and not joined is one.
      const Value object = value(call, state, e->getImplicitObjectArgument());
      for (const Running& running : state.running)
        for (const Target& target : object.to)
          if (running.handle == target.place) return false;
      return true;
    }
    if (llvm::isa_and_nonnull<clang::CXXConversionDecl>(e->getMethodDecl()))
      return refine_null(call, state, stripped(e->getImplicitObjectArgument()), !holds);
    return true;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(condition))
    return e->getValue() == holds;
  if (!condition->isGLValue()) return true;
  if (condition->getType()->isPointerType()) return refine_null(call, state, condition, !holds);
  if (!condition->getType()->isIntegralOrEnumerationType()) return true;
  const Value places = value(call, state, condition);
  if (places.to.size() != 1 || places.other) return true;
  const PlaceId place = places.to.front().place;
  const Value held = read(state, place, condition->getType());
  if (held.number) return (*held.number != 0) == holds;
  const auto [fact, is_new] = state.facts.try_emplace({place, 0}, !holds);
  return is_new || fact->second == !holds;
}

}  // namespace fa_check
