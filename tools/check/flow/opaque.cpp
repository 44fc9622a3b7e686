// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: arguments of calls: how they are used, what is kept of them, and what comes back from a
// function that nobody sees.
#include "facts/comparison.hpp"
#include "facts/ranges.hpp"
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace fa_check {
namespace {

// Whether the parameter takes whatever it is given, as a template of std that only reads does.
bool forwards(const clang::FunctionDecl& function, unsigned index) {
  const clang::FunctionDecl* const pattern = function.getTemplateInstantiationPattern();
  if (pattern == nullptr || index >= pattern->getNumParams() || !is_in_std(function)) return false;
  const clang::QualType type = pattern->getParamDecl(index)->getType();
  return type->isRValueReferenceType() && type->getPointeeType()->isTemplateTypeParmType();
}

}  // namespace

void Solver::use_arguments(const Call& caller, State& state, const clang::FunctionDecl* function,
                           const std::vector<const clang::Expr*>& arguments) {
  unsigned index = 0;
  for (const clang::Expr* argument : arguments) {
    const clang::ParmVarDecl* const parameter =
        function != nullptr && index < function->getNumParams() ? function->getParamDecl(index)
                                                                : nullptr;
    const bool is_read = parameter != nullptr && forwards(*function, index);
    ++index;
    const Value given = value(caller, state, argument);
    const clang::QualType type = argument->getType();
    const Kind kind = model_.kind_of(type);
    const clang::QualType wanted = parameter != nullptr ? parameter->getType() : type;
    // An object that is to be filled anew may be stale.
    const bool is_filled = wanted->isLValueReferenceType() && !is_read &&
                           !wanted.getNonReferenceType().isConstQualified();
    if (argument->isGLValue() || kind == Kind::Pointer) {
      if (use(caller, state, given, argument)) continue;
    }
    if (kind == Kind::Plain || kind == Kind::Pointer || kind == Kind::Allocator) {
      if (argument->isGLValue() && kind == Kind::Pointer && !is_filled)
        (void)use(caller, state, load(state, given, type), argument);
      continue;
    }
    if (!is_filled) use_what_it_holds(caller, state, given, argument);
  }
}

void Solver::keep_arguments(const Call& caller, State& state, const clang::FunctionDecl* function,
                            const clang::Expr* at,
                            const std::vector<const clang::Expr*>& arguments) {
  if (function == nullptr) return;
  const bool keeps_all = model_.has_word(function, "retains");
  for (unsigned i = 0; i < arguments.size() && i < function->getNumParams(); ++i) {
    const bool later = model_.has_word(*function, i, "deferred");
    if (!later && !keeps_all && !model_.has_word(*function, i, "retains")) continue;
    const clang::Expr* const argument = arguments[i];
    const Value given = value(caller, state, argument);
    std::set<PlaceId> loans;
    reach(state,
          argument->isGLValue() && model_.kind_of(argument->getType()) == Kind::Pointer
              ? load(state, given, argument->getType())
              : given,
          loans);
    if (loans.empty()) continue;
    // A closure is kept to be called.
    const SiteId work = site_of_work(caller, state, argument, argument);
    const bool is_closure = later || llvm::isa<clang::LambdaExpr>(places_.expression(work));
    for (const PlaceId loan : loans) {
      const auto life = state.lives.find(loan);
      if (life == state.lives.end() || is_over(state, life->second) || loans_[loan].resolved)
        continue;
      if (is_closure)
        tell(caller, EventKind::Later, work, loan, 0, 0);
      else
        tell(caller, EventKind::Escape, places_.seen_from(site(caller, at), loans_[loan].made),
             loan, 0, 0);
    }
  }
}

// Effect: if the function is memset() to zero, objects that the pointer leads to have nothing. Result: whether it is.
bool Solver::clear_memory(const Call& caller, State& state, const clang::FunctionDecl* function,
                          const clang::Expr* at, const std::vector<const clang::Expr*>& arguments) {
  if (name_of(function) != "memset" || function->getBuiltinID() == 0 || arguments.size() != 3 ||
      constant_of(context_, arguments[1]) != 0)
    return false;
  use_arguments(caller, state, function, arguments);
  const Value objects = value(caller, state, arguments.front());
  const bool is_array = unwrapped(arguments.front())->getType()->isArrayType();
  for (const Target& object : objects.to)
    if (objects.to.size() == 1 &&
        (is_array || !places_.is_one_of_many(object.place) || state.is_visited(object.place)))
      erase_cells(state, object.place);
  state.values[at] = objects;
  return true;
}

// Effect: numbers and handles in the objects, which a parameter of the type lets a function change, are whatever they
// may be.
void Solver::forget_numbers(State& state, clang::QualType parameter, const Value& objects) const {
  const bool refers = parameter->isLValueReferenceType() || parameter->isPointerType();
  if (!refers || parameter->getPointeeType().isConstQualified() ||
      parameter->getPointeeType()->isPointerType())
    return;
  for (const Target& object : objects.to) {
    for (auto& [place, held] : state.cells) {
      if (!held.number || !held.to.empty() || !places_.is_below(place, object.place)) continue;
      held.number.reset();
      held.other = true;
    }
    std::erase_if(state.facts, [&](const auto& fact) {
      return places_.is_below(fact.first.first, object.place);
    });
    // So are handles: one that was freed may have been given anew.
    std::erase_if(state.ended, [&](PlaceId mark) {
      return places_[mark].kind == PlaceKind::Mark && places_[mark].key == nullptr &&
             places_.is_below(places_[mark].parent, object.place);
    });
    std::erase_if(state.cells, [&](const auto& cell) {
      if (!places_.is_below(cell.first, object.place) || cell.second.to.empty()) return false;
      return std::all_of(cell.second.to.begin(), cell.second.to.end(), [&](const Target& target) {
        return places_[target.place].kind == PlaceKind::Mark &&
               std::find(state.ended.begin(), state.ended.end(), target.place) != state.ended.end();
      });
    });
  }
}

void Solver::opaque(const Call& caller, State& state, const clang::FunctionDecl* function,
                    const clang::Expr* at, const Value& object,
                    const std::vector<const clang::Expr*>& arguments) {
  Value result = Value::unknown();
  const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
  if (method != nullptr && method->isInstance() && !method->isConst())
    forget_numbers(state, context_.getLValueReferenceType(type_of(context_, method->getParent())),
                   object);
  unsigned index = 0;
  for (const clang::Expr* argument : arguments) {
    const clang::ParmVarDecl* const parameter =
        function != nullptr && index < function->getNumParams() ? function->getParamDecl(index)
                                                                : nullptr;
    ++index;
    if (parameter == nullptr) continue;
    const Value given = value(caller, state, argument);
    forget_numbers(state, parameter->getType(), given);
    forget_given_guard(caller, state, *parameter, argument);
    if (parameter->hasAttr<clang::LifetimeBoundAttr>()) {
      const Kind kind = model_.kind_of(argument->getType());
      if (argument->isGLValue() || kind == Kind::Pointer)
        result.join(given);
      else
        result.join(load(state, given, argument->getType()));
    }
  }
  if (function != nullptr && at->getType()->isPointerType() == false && at->isGLValue() == false) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
  // The same function gives the same allocator.
  const Kind returned = model_.kind_of(at->getType());
  const bool names_allocator =
      function != nullptr && result.to.empty() &&
      (at->isGLValue() || at->getType()->isPointerType()) &&
      (returned == Kind::Allocator || returned == Kind::Owner ||
       model_.kind_of(at->getType()->getPointeeType()) == Kind::Allocator ||
       model_.kind_of(at->getType()->getPointeeType()) == Kind::Owner);
  if (names_allocator) {
    PlaceId parent = 0;
    if (object.to.size() == 1) parent = object.to.front().place;
    result.add({places_.place(PlaceKind::Part, function->getCanonicalDecl(), parent), 0});
  }
  // What a function of nothing refers to is of static storage: a singleton.
  const clang::QualType object_type =
      at->getType()->isPointerType() ? at->getType()->getPointeeType() : at->getType();
  if (function != nullptr && function->getNumParams() == 0 && object.to.empty() &&
      !names_allocator && (at->isGLValue() || at->getType()->isPointerType()) &&
      record_of(object_type) != nullptr && model_.can_hold(object_type)) {
    result = Value::of(places_.place(PlaceKind::Global, function->getCanonicalDecl()));
    result.null = at->getType()->isPointerType();
  }
  if (at->isGLValue() || model_.kind_of(at->getType()) == Kind::Pointer) state.values[at] = result;
  // A flag that others can reach may have changed.
  std::erase_if(state.facts, [&](const auto& fact) { return is_outside(fact.first.first); });
}

}  // namespace fa_check
