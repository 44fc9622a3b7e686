// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: smart pointers with a deleter of the user's, as guards are made of them: it runs where the pointer ends or is
// given another object.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace fa_check {
namespace {

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

// Effect: the deleter of the smart pointer `place` runs, if it has something to give up.
void Solver::give_up(const Call& caller, PlaceId place, clang::QualType type, const clang::Stmt* at,
                     States& states) {
  end_guards(caller, place, type, at, states, true);
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

}  // namespace fa_check
