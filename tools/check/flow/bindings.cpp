// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: objects that are taken apart, by structured bindings and std::tie().
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <utility>
#include <vector>

namespace fa_check {

// Result: what the name denotes: a part of the object that is taken apart, or what that part refers to.
Value Solver::value_of_binding(const Call& call, State& state, const clang::BindingDecl& binding) {
  const clang::Expr* const bound = binding.getBinding();
  if (bound != nullptr && llvm::isa<clang::MemberExpr>(bound->IgnoreParenImpCasts()))
    return value(call, state, bound);
  const auto* const whole = llvm::dyn_cast<clang::VarDecl>(binding.getDecomposedDecl());
  if (whole == nullptr) return Value::unknown();
  const clang::CXXRecordDecl* const record = record_of(whole->getType());
  const bool has_fields =
      record != nullptr && model_.kind_of(whole->getType().getNonReferenceType()) == Kind::User;
  unsigned index = 0;
  for (const clang::BindingDecl* each : llvm::cast<clang::DecompositionDecl>(whole)->bindings()) {
    if (each == &binding) break;
    ++index;
  }
  const clang::FieldDecl* part = nullptr;
  unsigned at = 0;
  if (has_fields)
    for (const clang::FieldDecl* field : record->fields())
      if (at++ == index) part = field;
  Value result;
  for (const Target& object : value_of_variable(call, state, whole).to) {
    const PlaceId place =
        part != nullptr ? places_.field(object.place, part) : places_.element(object.place);
    if (part != nullptr && part->getType()->isReferenceType())
      result.join(load(state, Value::of(place), part->getType()));
    else  // What lies in memory of a loan is read there.
      result.add({places_[object.place].kind == PlaceKind::Memory ? object.place : place, 0});
  }
  return result;
}

// Effect: if the assignment `at` is one to std::tie(), the variables that it is made of get the parts of `from`. Result:
// whether it is.
bool Solver::assign_tied(const Call& caller, State& state, const clang::Expr* at,
                         const clang::Expr* from) {
  const auto* const assignment = llvm::dyn_cast<clang::CXXOperatorCallExpr>(at);
  const auto* const tie =
      assignment == nullptr || assignment->getNumArgs() != 2
          ? nullptr
          : llvm::dyn_cast<clang::CallExpr>(assignment->getArg(0)->IgnoreUnlessSpelledInSource());
  const clang::FunctionDecl* const function = tie == nullptr ? nullptr : tie->getDirectCallee();
  if (function == nullptr || !is_in_std(*function) || name_of(function) != "tie") return false;
  const SiteId where = site(caller, at);
  const clang::CXXRecordDecl* const record = record_of(from->getType());
  const bool has_fields = record != nullptr && model_.kind_of(from->getType()) == Kind::User;
  const Value given = value(caller, state, from);
  std::vector<const clang::FieldDecl*> fields;
  if (has_fields) fields.assign(record->field_begin(), record->field_end());
  struct Store {
    PlaceId place = 0;
    clang::QualType type;
    std::vector<PlaceId> parts;
    bool many = false;
  };
  std::vector<Store> stores;
  for (unsigned i = 0; i < tie->getNumArgs(); ++i) {
    if (model_.kind_of(tie->getArg(i)->getType()) == Kind::Library) continue;  // std::ignore
    const Value objects = value(caller, state, tie->getArg(i));
    for (const Target& object : objects.to) {
      Store store{object.place, tie->getArg(i)->getType(), {}, objects.to.size() > 1};
      for (const Target& source : given.to) {
        if (has_fields && i >= fields.size()) continue;
        store.parts.push_back(has_fields ? places_.field(source.place, fields[i])
                                         : places_.element(source.place));
      }
      stores.push_back(std::move(store));
    }
  }
  for (const Store& each : stores) {
    const Kind kind = model_.kind_of(each.type);
    if (kind == Kind::Pointer || kind == Kind::Plain || !model_.can_hold(each.type)) {
      Value held;
      held.other = each.parts.empty();
      for (const PlaceId part : each.parts) held.join(read(state, part, each.type));
      if (!model_.can_hold(each.type)) held = Value::unknown();
      store(state, each.place, held, where, each.many);
      continue;
    }
    bool weak = each.many;
    for (const PlaceId part : each.parts) {
      copy(state, each.place, part, each.type, where, weak);
      weak = true;
    }
  }
  state.values[at] = Value::unknown();
  return true;
}

}  // namespace fa_check
