// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: objects that end a frame or a scope where they are destroyed, and what owns them: smart pointers, optionals,
// containers, parameters.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace fa_check {
namespace {

bool is_class(clang::QualType type, std::initializer_list<llvm::StringRef> names) {
  const clang::CXXRecordDecl* const record =
      type.isNull() || type->isReferenceType() ? nullptr : record_of(type);
  return record != nullptr && is_one_of(plain_name(*record), names);
}

// The types of what an object of the type has in one place of its own: elements of containers and arrays, values of maps.
std::vector<clang::QualType> contained_types(clang::QualType type) {
  if (const clang::ArrayType* array = type->getAsArrayTypeUnsafe())
    return {array->getElementType()};
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(type));
  if (instance == nullptr) return {};
  const std::string name = plain_name(*instance);
  const llvm::ArrayRef<clang::TemplateArgument> given = instance->getTemplateArgs().asArray();
  std::vector<clang::QualType> found;
  const auto add = [&](const clang::TemplateArgument& argument) {
    if (argument.getKind() == clang::TemplateArgument::Type) found.push_back(argument.getAsType());
  };
  if (is_one_of(name, {"std::tuple", "std::variant"})) {
    for (const clang::TemplateArgument& argument : given)
      if (argument.getKind() == clang::TemplateArgument::Pack)
        for (const clang::TemplateArgument& each : argument.pack_elements()) add(each);
  } else if (llvm::StringRef(name).ends_with("map") && given.size() > 1) {
    add(given[1]);
  } else if (is_one_of(name, {"std::vector", "std::deque", "std::list", "std::forward_list",
                              "std::set", "std::unordered_set", "std::array", "std::stack",
                              "std::queue", "std::optional"}) &&
             !given.empty()) {
    add(given.front());
  }
  return found;
}

bool is_pointer_to_one(clang::QualType type) {
  return is_class(type, {"std::unique_ptr", "std::shared_ptr"});
}

}  // namespace

bool is_shared(clang::QualType type) { return is_class(type, {"std::shared_ptr"}); }

// Whether something may end with an object of the type: it is a guard, or has one, or has a destructor of the user that
// may be one.
bool Solver::is_guard(clang::QualType type) {
  if (type.isNull() || type->isReferenceType() || type->isPointerType()) return false;
  const auto [known, is_new] = guards_.try_emplace(type.getCanonicalType().getTypePtr(), false);
  if (!is_new) return known->second;  // within itself nothing is new
  const auto decide = [&] {
    const Kind kind = model_.kind_of(type);
    if (kind == Kind::FrameGuard || kind == Kind::ScopeGuard) return true;
    if (!owned_guard(type).isNull()) return true;
    for (const clang::QualType each : contained_types(type))
      if (is_guard(each)) return true;
    const clang::CXXRecordDecl* const record = record_of(type);
    if (kind != Kind::User || record == nullptr || !record->hasDefinition()) return false;
    const clang::CXXDestructorDecl* const destructor = record->getDestructor();
    if (destructor == nullptr || destructor->isTrivial()) return false;
    // What a base class points at may be of another one.
    if (destructor->isVirtual()) return true;
    if (destructor->isUserProvided() && bodies_.is_relevant(*destructor)) return true;
    for (const clang::FieldDecl* field : record->fields())
      if (is_guard(field->getType())) return true;
    return std::any_of(
        record->bases_begin(), record->bases_end(),
        [&](const clang::CXXBaseSpecifier& base) { return is_guard(base.getType()); });
  };
  const bool found = decide();
  guards_[type.getCanonicalType().getTypePtr()] = found;
  return found;
}

// Result: the type of the guard that a smart pointer without a deleter of the user's has; null when it has none.
clang::QualType Solver::owned_guard(clang::QualType type) {
  if (!is_pointer_to_one(type) || (!is_shared(type) && has_deleter(type))) return {};
  const clang::QualType owned = first_type_of(type);
  return is_guard(owned) ? owned : clang::QualType();
}

// Result: the class of the object at `place`; null when that may be any that derives from `type`.
clang::QualType Solver::class_of_object(PlaceId place, clang::QualType type) const {
  const auto made = made_as_.find(place);
  if (made != made_as_.end()) return made->second;
  const clang::CXXRecordDecl* const record = record_of(type);
  const clang::CXXDestructorDecl* const destructor =
      record == nullptr || !record->hasDefinition() ? nullptr : record->getDestructor();
  return destructor != nullptr && destructor->isVirtual() ? clang::QualType() : type;
}

// Effect: the guard at `place`, of the type or of a class that derives from it, ends if it is known which it is.
void Solver::end_guard(const Call& caller, PlaceId place, clang::QualType type,
                       const clang::Stmt* at, States& states) {
  const clang::QualType made = class_of_object(place, type);
  if (made.isNull() || !is_guard(made)) return;
  States out;
  for (State& state : states) {
    const bool is_made = std::any_of(state.cells.begin(), state.cells.end(), [&](const auto& each) {
      return places_.is_below(each.first, place);
    });
    if (!is_made) {
      out.push_back(std::move(state));
      continue;
    }
    States one;
    one.push_back(std::move(state));
    destroy(caller, place, made, at, one);
    for (State& each : one) {
      std::erase_if(each.cells,
                    [&](const auto& part) { return places_.is_below(part.first, place); });
      out.push_back(std::move(each));
    }
  }
  states = std::move(out);
}

// Effect: guards that the object `place` owns end: all of them, or the only one that it has.
void Solver::end_guards(const Call& caller, PlaceId place, clang::QualType type,
                        const clang::Stmt* at, States& states, bool all) {
  if (!is_guard(type)) return;
  if (const clang::QualType owned = owned_guard(type); !owned.isNull()) {
    States out;
    for (State& state : states) {
      std::vector<PlaceId> guards;
      if (const auto cell = state.cells.find(place); cell != state.cells.end()) {
        for (const Target& target : cell->second.to)
          if (!is_shared(type) || !is_held_elsewhere(state, target.place, place))
            guards.push_back(target.place);
        const bool is_known = cell->second.to.size() == 1 || (all && places_.is_one_of_many(place));
        if (!is_known) guards.clear();
        if (!is_shared(type)) state.cells.erase(cell);
      }
      States one;
      one.push_back(std::move(state));
      for (const PlaceId guard : guards) end_guard(caller, guard, owned, at, one);
      std::move(one.begin(), one.end(), std::back_inserter(out));
    }
    states = std::move(out);
    return;
  }
  for (const clang::QualType each : contained_types(type)) {
    if (!is_guard(each)) continue;
    const PlaceId element = places_.element(place);
    if (is_pointer_to_one(each) || !contained_types(each).empty())
      end_guards(caller, element, each, at, states, all);
    else
      end_guard(caller, element, each, at, states);
  }
}

// Whether another object than `holder` has the one at `place`.
bool Solver::is_held_elsewhere(const State& state, PlaceId place, PlaceId holder) const {
  return std::any_of(state.cells.begin(), state.cells.end(), [&](const auto& cell) {
    if (cell.first == holder || !cell.second.has(place)) return false;
    // What a variable is made of is that variable.
    const PlaceData& root = places_[places_.root(cell.first)];
    return root.kind != PlaceKind::Temporary ||
           bodies_.variable_of(static_cast<const clang::Expr*>(root.key)) == nullptr;
  });
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
    if (objects.to.size() == 1) end_guard(call, objects.to.front().place, type, deleted, one);
    std::move(one.begin(), one.end(), std::back_inserter(out));
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
void Solver::leave_empty(State& state, const Value& moved, clang::QualType type) {
  if (!has_deleter(type) && !ends_what_it_holds(type) && owned_guard(type).isNull()) {
    const bool is_container = model_.kind_of(type) == Kind::Container && is_guard(type) &&
                              !is_class(type, {"std::optional", "std::array"});
    for (const Target& target : moved.to)
      if (is_container) state.cells.erase(places_.element(target.place));
    return;
  }
  for (const Target& target : moved.to) state.cells.erase(target.place);
}

// Effect: a function that nobody sees may keep the guard that it is given.
void Solver::forget_given_guard(const Call& caller, State& state,
                                const clang::ParmVarDecl& parameter, const clang::Expr* argument) {
  const clang::QualType type = parameter.getType();
  if (type->isReferenceType() || owned_guard(type).isNull()) return;
  for (const Target& pointer : value(caller, state, argument).to) {
    const auto cell = state.cells.find(pointer.place);
    if (cell == state.cells.end()) continue;
    const Value held = cell->second;
    for (const Target& guard : held.to)
      std::erase_if(state.cells,
                    [&](const auto& part) { return places_.is_below(part.first, guard.place); });
  }
}

// Effect: guards in the parameters of a call end as it returns.
void Solver::end_parameters(const Call& call, States& states) {
  for (const clang::ParmVarDecl* parameter : call.function->parameters()) {
    const clang::QualType type = parameter->getType();
    if (type->isReferenceType() || (owned_guard(type).isNull() && !ends_what_it_holds(type)))
      continue;
    destroy(call, places_.place(PlaceKind::Local, parameter, 0, call.chain), type,
            call.function->getBody(), states);
  }
}

}  // namespace fa_check
