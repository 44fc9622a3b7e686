// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what expressions denote, and what places hold.
#include "flow/arguments.hpp"
#include "flow/solver.hpp"

#include <cstdint>
#include <utility>

namespace fa_check {
namespace {

// Effect: what a branch told about the variable is its value.
void learn_number(const State& state, PlaceId place, clang::QualType type, Value& held) {
  for (auto fact = state.facts.lower_bound({place, INT64_MIN});
       fact != state.facts.end() && fact->first.first == place; ++fact) {
    if (fact->second)
      held.number = fact->first.second;
    else if (fact->first.second == 0 && type->isBooleanType() && !held.number)
      held.number = 1;
  }
}

}  // namespace

PlaceId Solver::place_of(const Call& call, const clang::VarDecl* variable) {
  variable = variable->getCanonicalDecl();
  if (!variable->hasLocalStorage()) return places_.place(PlaceKind::Global, variable);
  // A variable of an enclosing function, seen from a lambda that captures nothing of it.
  const Call* home = &call;
  while (home->caller != nullptr && home->function != nullptr &&
         variable->getDeclContext() != static_cast<const clang::DeclContext*>(home->function) &&
         !variable->getDeclContext()->Equals(home->function))
    home = home->caller;
  const bool found = variable->getDeclContext()->Equals(home->function);
  return places_.place(PlaceKind::Local, variable, 0, (found ? *home : call).chain);
}

PlaceId Solver::temporary(const Call& call, const clang::Expr* expression) {
  return places_.place(PlaceKind::Temporary, expression, 0, call.chain);
}

bool Solver::is_outside(PlaceId place) const {
  switch (places_[places_.root(place)].kind) {
    case PlaceKind::This:
    case PlaceKind::Unknown:
    case PlaceKind::Global:
    case PlaceKind::Part:
      return true;
    default:
      return false;
  }
}

Value Solver::read(State& state, PlaceId place, clang::QualType type) {
  const auto found = state.cells.find(place);
  if (found != state.cells.end()) return found->second;
  // What was put somewhere into an object that the analysis does not see into.
  for (PlaceId at = place;
       places_[at].kind == PlaceKind::Field || places_[at].kind == PlaceKind::Element;) {
    at = places_[at].parent;
    const auto whole = state.cells.find(at);
    if (whole != state.cells.end() && !whole->second.to.empty()) {
      Value value = whole->second;
      value.number.reset();
      return value;
    }
  }
  if (const auto known = referents_.find(place); known != referents_.end() && known->second != 0)
    return Value::of(known->second);
  Value value = Value::unknown();
  if (!is_outside(place)) return value;
  const Kind kind = type.isNull() ? Kind::Pointer : model_.kind_of(type);
  // A handle from outside is the same one each time, unless it is one of many.
  if (kind == Kind::Mark && is_one_object(place)) {
    value.add({places_.place(PlaceKind::Mark, nullptr, place), 0});
    return value;
  }
  if ((kind == Kind::Pointer || kind == Kind::View || kind == Kind::Box) &&
      places_.depth(place) < 5) {
    value.add({places_.place(PlaceKind::Unknown, nullptr, place), 0});
    value.null = kind != Kind::Pointer || type.isNull() || type->isPointerType();
  }
  return value;
}

Value Solver::load(State& state, const Value& places, clang::QualType type) {
  Value result;
  bool first = true;
  for (const Target& target : places.to) {
    const Value value = read(state, target.place, type);
    if (first)
      result = value;
    else
      result.join(value);
    first = false;
  }
  if (first) return Value::unknown();
  result.other = result.other || places.other;
  return result;
}

void Solver::store(State& state, PlaceId place, Value value, SiteId site, bool weak) {
  for (Target& target : value.to) target.stored = site;
  publish(state, place, value, site);
  std::erase_if(state.facts, [&](const auto& fact) { return fact.first.first == place; });
  const bool empties = !weak && value.to.empty();
  for (PlaceId at = place; !weak && at != 0; at = places_[at].parent) {
    if (places_.is_one_of_many(at) && !state.is_visited(at)) weak = true;
    if (places_[at].kind == PlaceKind::Memory) weak = places_[at].number != 0;
    if (places_[at].kind != PlaceKind::Field && places_[at].kind != PlaceKind::Element) break;
  }
  if (!weak) {
    state.cells[place] = std::move(value);
    return;
  }
  const auto [cell, is_new] = state.cells.try_emplace(place, value);
  if (is_new) return;
  // Elements are one: what is put into one of them after the end of a frame takes the place of what
  // that frame left there.
  std::erase_if(cell->second.to, [&](const Target& target) {
    const clang::Stmt* const other = places_.expression(target.stored);
    if (empties && places_.chain_of(target.stored) == places_.chain_of(site) &&
        places_[places_.root(target.place)].number == 0 &&
        is_same_element(context_, other, places_.expression(site)))
      return true;
    const auto life = state.lives.find(places_.root(target.place));
    return life != state.lives.end() && is_over(state, life->second) &&
           !are_other_elements(context_, other, places_.expression(site));
  });
  cell->second.join(value);
}

void Solver::copy(State& state, PlaceId to, PlaceId from, clang::QualType type, SiteId site,
                  bool weak) {
  if (to == from) return;
  const Kind kind = model_.kind_of(type);
  if (kind == Kind::Allocator) {
    Value owner;
    for (const PlaceId each : owners(state, Value::of(from))) owner.add({each, site});
    store(state, to, owner, site, weak);
    return;
  }
  for (Running& running : state.running)
    if (running.handle != 0 && places_.is_below(running.handle, from))
      running.handle = places_.moved(running.handle, from, to);
  // A callable of std has its closure in it.
  std::vector<std::pair<PlaceId, std::set<const clang::CXXRecordDecl*>>> made_of;
  for (const auto& [place, records] : closures_)
    if (places_.is_below(place, from))
      made_of.emplace_back(places_.moved(place, from, to), records);
  for (const auto& [place, records] : made_of)
    closures_[place].insert(records.begin(), records.end());
  // Forget what `to` was before.
  if (!weak) {
    std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, to); });
  }
  std::vector<std::pair<PlaceId, Value>> cells;
  for (const auto& [place, value] : state.cells)
    if (places_.is_below(place, from)) cells.emplace_back(place, value);
  for (auto& [place, value] : cells) {
    const PlaceId there = places_.moved(place, from, to);
    store(state, there, value, site, weak || there == to);
  }
  if (!is_outside(from)) {
    // A handle of which nothing is known takes the place of the one that was there. What is a part of an object that
    // the analysis does not see into, it has as a whole.
    if (cells.empty() && (kind == Kind::Mark || kind == Kind::View || kind == Kind::Box)) {
      const Value whole = read(state, from, type);
      if (!whole.to.empty() || (kind == Kind::Mark && !weak)) store(state, to, whole, site, weak);
    }
    return;
  }
  // Of an object from outside nothing is written down yet: name what its pointers point at.
  if (kind != Kind::User) {
    if (state.cells.count(from) == 0 && kind != Kind::Container && kind != Kind::Plain)
      store(state, to, read(state, from, type), site, weak);
    return;
  }
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr || !record->hasDefinition() || places_.depth(to) > 3) return;
  for (const clang::FieldDecl* field : record->fields()) {
    const PlaceId there = places_.field(from, field);
    const PlaceId here = places_.field(to, field);
    if (here == to || state.cells.count(there) != 0) continue;
    const Kind inner = model_.kind_of(field->getType());
    if (inner == Kind::User || inner == Kind::Allocator)
      copy(state, here, there, field->getType(), site, weak);
    else if (model_.can_hold(field->getType()) && inner != Kind::Container)
      store(state, here, read(state, there, field->getType()), site, weak);
  }
}

Value Solver::value_of_variable(const Call& call, State& state,
                                const clang::ValueDecl* declaration) {
  if (const auto* constant = llvm::dyn_cast<clang::EnumConstantDecl>(declaration)) {
    Value value;
    value.number = constant->getInitVal().getExtValue();
    return value;
  }
  if (const auto* binding = llvm::dyn_cast<clang::BindingDecl>(declaration))
    return value_of_binding(call, state, *binding);
  if (const auto* function = llvm::dyn_cast<clang::FunctionDecl>(declaration))
    return Value::of(places_.place(PlaceKind::Function, function->getCanonicalDecl()));
  const auto* const variable = llvm::dyn_cast<clang::VarDecl>(declaration);
  if (variable == nullptr) return Value::unknown();
  // A captured variable is a field of the closure that runs.
  for (const Call* at = &call; at != nullptr; at = at->caller) {
    // One with an initializer of its own is declared in the body, and made where the closure is.
    if (variable->hasLocalStorage() && !variable->isInitCapture() &&
        variable->getDeclContext()->Equals(at->function))
      break;
    if (at->closure == nullptr || at->self == 0) continue;
    llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures;
    clang::FieldDecl* of_this = nullptr;
    at->closure->getCaptureFields(captures, of_this);
    const auto field = captures.find(declaration);
    if (field == captures.end()) continue;
    const PlaceId place = places_.field(at->self, field->second);
    if (field->second->getType()->isReferenceType())
      return read(state, place, field->second->getType());
    return Value::of(place);
  }
  const PlaceId place = place_of(call, variable);
  if (!variable->getType()->isReferenceType()) return Value::of(place);
  const auto cell = state.cells.find(place);
  if (cell != state.cells.end()) return cell->second;
  if (places_[place].kind == PlaceKind::Local && llvm::isa<clang::ParmVarDecl>(variable))
    return Value::of(places_.place(PlaceKind::Unknown, nullptr, place));
  return read(state, place, variable->getType());
}

Value Solver::value(const Call& call, State& state, const clang::Expr* expression) {
  if (expression == nullptr) return Value::unknown();
  const auto known = state.values.find(expression);
  if (known != state.values.end()) return known->second;
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(expression))
    return value_of_variable(call, state, e->getDecl());
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression)) {
    if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(e->getMemberDecl()))
      return value_of_variable(call, state, variable);
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(e->getMemberDecl());
    if (field == nullptr) return Value::unknown();
    const Value base = value(call, state, e->getBase());
    Value result;
    for (const Target& target : base.to) result.add({places_.field(target.place, field), 0});
    result.other = base.other;
    if (!field->getType()->isReferenceType()) return result;
    return load(state, result, field->getType());
  }
  if (const auto* e = llvm::dyn_cast<clang::CastExpr>(expression)) {
    switch (e->getCastKind()) {
      case clang::CK_LValueToRValue: {
        const Value object = value(call, state, e->getSubExpr());
        Value held = load(state, object, e->getType());
        if (held.number || !e->getType()->isIntegralOrEnumerationType()) return held;
        if (object.to.size() == 1 && places_[object.to.front().place].kind == PlaceKind::Local)
          learn_number(state, object.to.front().place, e->getType(), held);
        else
          held.number = constant_of_variable(context_, e->getSubExpr());
        return held;
      }
      case clang::CK_NullToPointer:
        return Value::nothing();
      case clang::CK_ArrayToPointerDecay: {
        Value result;
        for (const Target& target : value(call, state, e->getSubExpr()).to)
          result.add({places_.element(target.place), 0});
        return result;
      }
      default:
        return value(call, state, e->getSubExpr());
    }
  }
  if (const auto* e = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
    if (e->getOpcode() == clang::UO_LNot || e->getOpcode() == clang::UO_Not) {
      Value negated = Value::unknown();
      if (e->getOpcode() == clang::UO_LNot &&
          e->getSubExpr()->getType()->isIntegralOrEnumerationType())
        if (const auto number = value(call, state, e->getSubExpr()).number)
          negated.number = *number == 0 ? 1 : 0;
      return negated;
    }
    Value result = value(call, state, e->getSubExpr());
    if (e->getOpcode() == clang::UO_Minus && result.number) result.number = -*result.number;
    return result;
  }
  if (const auto* e = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression))
    return value(call, state, e->getBase());
  if (llvm::isa<clang::CXXThisExpr>(expression)) {
    for (const Call* at = &call; at != nullptr; at = at->caller) {
      if (at->closure == nullptr) return at->self == 0 ? Value::unknown() : Value::of(at->self);
      llvm::DenseMap<const clang::ValueDecl*, clang::FieldDecl*> captures;
      clang::FieldDecl* of_this = nullptr;
      at->closure->getCaptureFields(captures, of_this);
      if (of_this == nullptr) continue;
      const PlaceId place = places_.field(at->self, of_this);
      if (of_this->getType()->isPointerType()) return read(state, place, of_this->getType());
      return Value::of(place);
    }
    return Value::unknown();
  }
  if (const auto* e = llvm::dyn_cast<clang::BinaryOperator>(expression)) {
    if (e->getOpcode() == clang::BO_Comma) return value(call, state, e->getRHS());
    if (e->isAssignmentOp()) return value(call, state, e->getLHS());
    if (e->isAdditiveOp() && e->getType()->isPointerType()) {
      const bool left = e->getLHS()->getType()->isPointerType();
      Value result = value(call, state, left ? e->getLHS() : e->getRHS());
      result.number.reset();
      return result;
    }
    if (e->isPtrMemOp() && e->isGLValue()) {
      // Which member is not known: it is some part of the object.
      Value result;
      for (const Target& target : value(call, state, e->getLHS()).to)
        result.add({places_.element(target.place), 0});
      return result;
    }
    return Value::unknown();
  }
  if (const auto* e = llvm::dyn_cast<clang::AbstractConditionalOperator>(expression)) {
    Value result = value(call, state, e->getTrueExpr());
    result.join(value(call, state, e->getFalseExpr()));
    return result;
  }
  if (const auto* e = llvm::dyn_cast<clang::IntegerLiteral>(expression)) {
    Value result;
    if (e->getValue().getActiveBits() < 63)
      result.number = static_cast<std::int64_t>(e->getValue().getZExtValue());
    return result;
  }
  if (const auto* e = llvm::dyn_cast<clang::CXXBoolLiteralExpr>(expression)) {
    Value result;
    result.number = e->getValue() ? 1 : 0;
    return result;
  }
  if (llvm::isa<clang::CXXNullPtrLiteralExpr>(expression) ||
      llvm::isa<clang::GNUNullExpr>(expression) ||
      llvm::isa<clang::ImplicitValueInitExpr>(expression) ||
      llvm::isa<clang::CXXScalarValueInitExpr>(expression))
    return Value::nothing();
  if (const auto* e = llvm::dyn_cast<clang::MaterializeTemporaryExpr>(expression)) {
    const clang::Expr* const inner = e->getSubExpr();
    const Value held = value(call, state, inner);
    if (record_of(inner->getType()) != nullptr || inner->getType()->isArrayType()) return held;
    // A reference to a copy of a pointer or number: the copy is an object of its own.
    const PlaceId place = temporary(call, inner);
    store(state, place, held, site(call, inner));
    return Value::of(place);
  }
  if (const auto* e = llvm::dyn_cast<clang::FullExpr>(expression))
    return value(call, state, e->getSubExpr());
  if (const auto* e = llvm::dyn_cast<clang::ParenExpr>(expression))
    return value(call, state, e->getSubExpr());
  if (const auto* e = llvm::dyn_cast<clang::CXXBindTemporaryExpr>(expression))
    return value(call, state, e->getSubExpr());
  if (const auto* e = llvm::dyn_cast<clang::CXXDefaultArgExpr>(expression))
    return value(call, state, e->getExpr());
  if (const auto* e = llvm::dyn_cast<clang::CXXDefaultInitExpr>(expression))
    return value(call, state, e->getExpr());
  if (const auto* e = llvm::dyn_cast<clang::OpaqueValueExpr>(expression))
    return value(call, state, e->getSourceExpr());
  if (const auto* e = llvm::dyn_cast<clang::CXXStdInitializerListExpr>(expression))
    return value(call, state, e->getSubExpr());
  if (const auto* e = llvm::dyn_cast<clang::SubstNonTypeTemplateParmExpr>(expression))
    return value(call, state, e->getReplacement());
  if (const auto* e = llvm::dyn_cast<clang::CXXRewrittenBinaryOperator>(expression))
    return value(call, state, e->getSemanticForm());
  if (const auto* e = llvm::dyn_cast<clang::CoroutineSuspendExpr>(expression))
    return e->getResumeExpr() ? value(call, state, e->getResumeExpr()) : Value::unknown();
  if (const auto* e = llvm::dyn_cast<clang::InitListExpr>(expression)) {
    if (e->getNumInits() == 1 && record_of(e->getType()) == nullptr)
      return value(call, state, e->getInit(0));
    if (e->getNumInits() == 0) return Value::nothing();
  }
  return Value::unknown();
}

}  // namespace fa_check
