// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: names of structured bindings.
#include "flow/solver.hpp"

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

}  // namespace fa_check
