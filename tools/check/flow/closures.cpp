// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: lambdas and functions that are called by what they were given to.
#include "flow/arguments.hpp"
#include "flow/solver.hpp"

#include <vector>

namespace fa_check {

void Solver::run_closures(const Call& caller, State state, const Value& closures,
                          const clang::Expr* at, const std::vector<const clang::Expr*>& arguments,
                          States& out, bool on_thread) {
  bool ran = false;
  for (const Target& target : closures.to) {
    // A function that is called by its address.
    std::vector<PlaceId> functions;
    if (places_[target.place].kind == PlaceKind::Function) functions.push_back(target.place);
    if (const auto cell = state.cells.find(places_.element(target.place));
        cell != state.cells.end())
      for (const Target& held : cell->second.to)
        if (places_[held.place].kind == PlaceKind::Function) functions.push_back(held.place);
    for (const PlaceId place : functions) {
      const auto* const function = static_cast<const clang::FunctionDecl*>(places_[place].key);
      const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
      if (method != nullptr && method->isInstance()) {
        // It is called on what it is given.
        if (arguments.size() != 1 || method->getNumParams() != 0 || !can_run(caller, method))
          continue;
        for (const Target& self : value(caller, state, arguments.front()).to) {
          run_call(caller, state, method, at, self.place, {}, out, on_thread);
          ran = true;
        }
        continue;
      }
      if (function->getNumParams() != arguments.size() || !can_run(caller, function)) continue;
      run_call(caller, state, function, at, 0, arguments, out, on_thread);
      ran = true;
    }
    for (const PlaceId place : {target.place, places_.element(target.place)}) {
      const auto found = closures_.find(place);
      if (found == closures_.end()) continue;
      const std::set<const clang::CXXRecordDecl*> records = found->second;
      for (const clang::CXXRecordDecl* record : records) {
        const clang::CXXMethodDecl* body = record->getLambdaCallOperator();
        if (body == nullptr) continue;
        if (const clang::FunctionTemplateDecl* pattern = body->getDescribedFunctionTemplate()) {
          body = nullptr;
          for (const clang::FunctionDecl* each : pattern->specializations())
            if (each->hasBody()) body = llvm::cast<clang::CXXMethodDecl>(each);
        }
        if (body == nullptr || !can_run(caller, body)) continue;
        run_call(caller, state, body, at, place, arguments, out, on_thread);
        ran = true;
      }
      break;
    }
  }
  if (!ran) out.push_back(std::move(state));
}

// Result: the body of the only lambda among the closures, or the only function; else null.
const clang::FunctionDecl* Solver::body_of_closure(const Value& closures) const {
  if (closures.to.size() != 1) return nullptr;
  const PlaceData& place = places_[closures.to.front().place];
  if (place.kind == PlaceKind::Function) return static_cast<const clang::FunctionDecl*>(place.key);
  const auto found = closures_.find(closures.to.front().place);
  if (found == closures_.end() || found->second.size() != 1) return nullptr;
  const clang::CXXMethodDecl* body = (*found->second.begin())->getLambdaCallOperator();
  if (body == nullptr || body->getDescribedFunctionTemplate() == nullptr) return body;
  const clang::CXXMethodDecl* made = nullptr;
  for (const clang::FunctionDecl* each : body->getDescribedFunctionTemplate()->specializations())
    if (each->hasBody()) made = llvm::cast<clang::CXXMethodDecl>(each);
  return made;
}

// Result: what the algorithm calls with elements: lambdas, and functions where it visits each element.
Value Solver::called_with_elements(const Call& caller, State& state, llvm::StringRef name,
                                   const std::vector<const clang::Expr*>& arguments) {
  Value closures;
  for (const clang::Expr* argument : arguments) {
    const clang::QualType type = argument->getType();
    const bool is_function = type->isFunctionType() || type->isFunctionPointerType() ||
                             type->isMemberFunctionPointerType();
    if (is_closure(argument) || (is_function && visits_each(name)))
      for (const Target& target : value(caller, state, argument).to) closures.add(target);
  }
  return closures;
}

// Result: what an algorithm gives the function that it is called with: elements of its first range, if that is what the
// function takes.
std::vector<const clang::Expr*> Solver::elements_for(
    const Call& caller, State& state, const clang::Expr* at, const Value& closures,
    const std::vector<const clang::Expr*>& arguments) {
  const clang::FunctionDecl* const body = body_of_closure(closures);
  const clang::QualType element = element_of(arguments.front()->getType());
  if (body == nullptr || element.isNull() || !model_.can_hold(element)) return {};
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(body);
  const bool is_member =
      method != nullptr && method->isInstance() && !method->getParent()->isLambda();
  if (!is_member && body->getNumParams() == 0) return {};
  const clang::QualType taken = is_member ? type_of(context_, method->getParent())
                                          : body->getParamDecl(0)->getType().getNonReferenceType();
  if (!context_.hasSameUnqualifiedType(taken.getCanonicalType(), element.getCanonicalType()))
    return {};
  const Value led = led_to(caller, state, arguments.front(), false);
  if (led.to.empty()) return {};
  clang::OpaqueValueExpr*& argument = elements_[at];
  if (argument == nullptr)
    argument = new (context_) clang::OpaqueValueExpr(at->getBeginLoc(), element, clang::VK_LValue);
  state.values[argument] = led;
  return {argument};
}

}  // namespace fa_check
