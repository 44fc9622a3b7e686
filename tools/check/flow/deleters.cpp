// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: smart pointers with a deleter of the user's, as guards are made of them: it runs where the pointer ends or is
// given another object.
#include "flow/solver.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace fa_check {
namespace {

bool is_shared(clang::QualType type) {
  const clang::CXXRecordDecl* const record = record_of(type);
  return record != nullptr && plain_name(*record) == "std::shared_ptr";
}

// The type of the deleter of a unique_ptr; null for every other type.
clang::QualType deleter_type(clang::QualType type) {
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(type));
  if (instance == nullptr || plain_name(*instance) != "std::unique_ptr" ||
      instance->getTemplateArgs().size() < 2)
    return {};
  const clang::TemplateArgument& given = instance->getTemplateArgs()[1];
  return given.getKind() == clang::TemplateArgument::Type ? given.getAsType() : clang::QualType();
}

// Its class, where the user wrote it.
const clang::CXXRecordDecl* deleter_of(clang::QualType type) {
  const clang::QualType deleter = deleter_type(type);
  const clang::CXXRecordDecl* const record = deleter.isNull() ? nullptr : record_of(deleter);
  return record == nullptr || is_in_std(*record) ? nullptr : record;
}

}  // namespace

bool Solver::has_deleter(clang::QualType type) const {
  if (is_shared(type)) return true;
  const clang::QualType deleter = deleter_type(type);
  if (deleter.isNull()) return false;
  const clang::CXXRecordDecl* const record = record_of(deleter);
  return record == nullptr || plain_name(*record) != "std::default_delete";
}

// Effect: the smart pointer `place` remembers the function that it is made with.
void Solver::keep_deleter(const Call& caller, State& state, PlaceId place, clang::QualType type,
                          const clang::Expr* deleter, SiteId where) {
  if (!has_deleter(type) || llvm::isa<clang::CXXDefaultArgExpr>(deleter)) return;
  const PlaceId kept = places_.element(place);
  const Value given = value(caller, state, deleter);
  for (const Target& target : given.to) {
    if (places_[target.place].kind == PlaceKind::Function) {
      store(state, kept, Value::of(target.place), where);
      continue;
    }
    copy(state, kept, target.place, deleter->getType(), where);
    const auto inner = closures_.find(places_.element(target.place));  // of a std::function
    if (inner != closures_.end()) {
      const std::set<const clang::CXXRecordDecl*> records = inner->second;
      closures_[kept].insert(records.begin(), records.end());
      copy(state, kept, places_.element(target.place), deleter->getType(), where, true);
    }
  }
}

// Whether something ends with an object of the type: it is a guard, or has one, or has a destructor of the
// user that may be one.
bool Solver::is_guard(clang::QualType type) const {
  if (type.isNull() || type->isReferenceType()) return false;
  const Kind kind = model_.kind_of(type);
  if (kind == Kind::FrameGuard || kind == Kind::ScopeGuard) return true;
  if (kind != Kind::User) return false;
  const clang::CXXRecordDecl* const record = record_of(type);
  if (record == nullptr || !record->hasDefinition() || is_in_std(*record)) return false;
  const clang::CXXDestructorDecl* const destructor = record->getDestructor();
  if (destructor == nullptr || destructor->isTrivial()) return false;
  // What a base class points at may be of another one.
  if (destructor->isVirtual() && !bodies_.overriders(*destructor).empty()) return false;
  if (destructor->isUserProvided()) return bodies_.is_relevant(*destructor);
  for (const clang::FieldDecl* field : record->fields())
    if (is_guard(field->getType())) return true;
  return false;
}

// Result: the type of the guard that an optional or a unique_ptr without a deleter of the user's has; null when it
// has none.
clang::QualType Solver::owned_guard(clang::QualType type) const {
  const clang::CXXRecordDecl* const record = type.isNull() ? nullptr : record_of(type);
  if (record == nullptr || type->isReferenceType()) return {};
  const std::string name = plain_name(*record);
  if (name != "std::optional" && (name != "std::unique_ptr" || has_deleter(type))) return {};
  const clang::QualType owned = first_type_of(type);
  return is_guard(owned) ? owned : clang::QualType();
}

// Effect: the guard that the smart pointer or the optional `place` has ends, if it is known which.
void Solver::destroy_owned(const Call& caller, PlaceId place, clang::QualType type,
                           const clang::Stmt* at, States& states) {
  const clang::QualType owned = owned_guard(type);
  if (owned.isNull()) return;
  const bool is_optional = model_.kind_of(type) == Kind::Container;
  States out;
  for (State& state : states) {
    PlaceId guard = is_optional ? places_.element(place) : 0;
    const auto cell = state.cells.find(place);
    if (!is_optional && cell != state.cells.end()) {
      if (cell->second.to.size() == 1) guard = cell->second.to.front().place;
      state.cells.erase(cell);
    }
    const bool is_made =
        guard != 0 && std::any_of(state.cells.begin(), state.cells.end(), [&](const auto& each) {
          return places_.is_below(each.first, guard);
        });
    if (!is_made) {
      out.push_back(std::move(state));
      continue;
    }
    States one;
    one.push_back(std::move(state));
    destroy(caller, guard, owned, at, one);
    for (State& each : one) {
      std::erase_if(each.cells,
                    [&](const auto& part) { return places_.is_below(part.first, guard); });
      out.push_back(std::move(each));
    }
  }
  states = std::move(out);
}

// Effect: the guard that is deleted ends, if it is known which.
void Solver::destroy_deleted(const Call& call, const clang::CXXDeleteExpr* deleted,
                             States& states) {
  const clang::QualType type = deleted->getDestroyedType();
  if (!is_guard(type)) return;
  States out;
  for (State& state : states) {
    const Value objects = value(call, state, deleted->getArgument());
    States one;
    one.push_back(std::move(state));
    if (objects.to.size() == 1) destroy(call, objects.to.front().place, type, deleted, one);
    std::move(one.begin(), one.end(), std::back_inserter(out));
  }
  states = std::move(out);
}

// Effect: the deleter of the smart pointer `place` runs, if it has something to give up.
void Solver::give_up(const Call& caller, PlaceId place, clang::QualType type, const clang::Stmt* at,
                     States& states) {
  destroy_owned(caller, place, type, at, states);
  if (!has_deleter(type)) return;
  const auto* const where = llvm::dyn_cast_or_null<clang::Expr>(at);
  const clang::CXXRecordDecl* const record = record_of(type);
  const clang::QualType pointer = context_.getPointerType(first_type_of(type));
  clang::OpaqueValueExpr*& argument = given_up_[record];
  if (argument == nullptr)
    argument =
        new (context_) clang::OpaqueValueExpr(clang::SourceLocation(), pointer, clang::VK_PRValue);
  const clang::CXXRecordDecl* const deleter = deleter_of(type);
  const clang::CXXMethodDecl* run = nullptr;
  if (deleter != nullptr && deleter->hasDefinition())
    for (const clang::CXXMethodDecl* each : deleter->methods())
      if (each->getOverloadedOperator() == clang::OO_Call && each->getNumParams() == 1) run = each;
  States out;
  for (State& state : states) {
    const auto cell = state.cells.find(place);
    if (cell == state.cells.end() || (cell->second.is_only_null() && !is_shared(type))) {
      out.push_back(std::move(state));
      continue;
    }
    const Value held = cell->second;
    state.cells.erase(cell);
    state.values[argument] = held;
    const std::size_t before = out.size();
    const PlaceId kept = places_.element(place);
    if (run != nullptr && closures_.count(kept) == 0) {
      if (can_run(caller, run))
        run_call(caller, std::move(state), run, where, kept, {argument}, out);
      else
        out.push_back(std::move(state));
    } else {
      run_closures(caller, std::move(state), Value::of(place), where, {argument}, out);
    }
    for (std::size_t i = before; i < out.size(); ++i) out[i].values.erase(argument);
  }
  states = std::move(out);
}

// Whether objects of the class end a group, a borrow or a pin, and hand that on when they are moved.
bool Solver::ends_what_it_holds(clang::QualType type) const {
  if (type.isNull() || type->isReferenceType()) return false;
  const Kind kind = model_.kind_of(type);
  return kind == Kind::Group || kind == Kind::Borrow || kind == Kind::Pinned;
}

// Effect: who is moved from has nothing left to give up.
void Solver::leave_empty(State& state, const Value& moved, clang::QualType type) const {
  if (!has_deleter(type) && !ends_what_it_holds(type) && owned_guard(type).isNull()) return;
  for (const Target& target : moved.to) state.cells.erase(target.place);
}

}  // namespace fa_check
