// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: how a function is left: what its result leads to, and exceptions.
#include "flow/solver.hpp"
#include "flow/throws.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fa_check {
namespace {

// Fills `found` with the variables that the statement declares, those of lambdas aside.
void variables_in(const clang::Stmt* statement, std::vector<const clang::VarDecl*>& found) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return;
  if (const auto* e = llvm::dyn_cast<clang::DeclStmt>(statement))
    for (const clang::Decl* each : e->decls())
      if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(each)) found.push_back(variable);
  for (const clang::Stmt* child : statement->children()) variables_in(child, found);
}

// Whether the expression is what a member or a base of the constructor's object is made of: that lives on, although
// the graph destroys it as a temporary.
bool initializes_member(const clang::FunctionDecl* function, const clang::Expr* expression) {
  const auto* const constructor = llvm::dyn_cast_or_null<clang::CXXConstructorDecl>(function);
  if (constructor == nullptr) return false;
  for (const clang::CXXCtorInitializer* each : constructor->inits())
    if (each->getInit() != nullptr && each->getInit()->IgnoreImplicit() == expression) return true;
  return false;
}

}  // namespace

bool leads_out(const clang::CFGBlock& block, const clang::CFGBlock& target, unsigned last) {
  const clang::Stmt* const terminator = block.getTerminatorStmt();
  // No handler of the block takes it.
  if (llvm::isa_and_nonnull<clang::CXXTryStmt>(terminator))
    return target.getBlockID() == last ||
           llvm::isa_and_nonnull<clang::CXXTryStmt>(target.getTerminatorStmt());
  if (block.empty()) return false;
  const auto thrown = block.back().getAs<clang::CFGStmt>();
  return thrown && llvm::isa<clang::CXXThrowExpr>(thrown->getStmt());
}

// Effect: if the element is the end of an object, that is destroyed. `returned` is a variable that is the caller's now.
void Solver::end_object(const Call& call, const clang::CFGElement& element,
                        const clang::VarDecl* returned, States& states) {
  if (const auto ends = element.getAs<clang::CFGAutomaticObjDtor>()) {
    const clang::VarDecl* const variable = ends->getVarDecl();
    // What is returned goes on in the caller.
    if (variable->getType()->isReferenceType() || variable == returned) return;
    const PlaceId object = place_of(call, variable);
    destroy(call, object, variable->getType(), ends->getTriggerStmt(), states);
    if (model_.kind_of(variable->getType()) == Kind::User &&
        !llvm::isa_and_nonnull<clang::ReturnStmt>(ends->getTriggerStmt()))
      for (State& state : states)
        std::erase_if(state.cells,
                      [&](const auto& cell) { return places_.is_below(cell.first, object); });
  } else if (const auto temporary_end = element.getAs<clang::CFGTemporaryDtor>()) {
    const clang::Expr* const inner =
        temporary_end->getBindTemporaryExpr()->getSubExpr()->IgnoreImplicit();
    if (bodies_.variable_of(inner) == nullptr && !initializes_member(call.function, inner))
      destroy(call, temporary(call, inner), inner->getType(), inner, states);
  } else if (const auto base = element.getAs<clang::CFGBaseDtor>()) {
    const clang::QualType type = base->getBaseSpecifier()->getType();
    if (call.self != 0 && is_guard(type))
      destroy(call, call.self, type, call.function->getBody(), states);
  } else if (const auto member = element.getAs<clang::CFGMemberDtor>()) {
    const clang::FieldDecl* const field = member->getFieldDecl();
    if (call.self != 0 && call.function->getBody() != nullptr)
      destroy(call, places_.field(call.self, field), field->getType(), call.function->getBody(),
              states);
  }
}

// Effect: states of a call that has thrown go from `states` to `thrown`.
void Solver::take_thrown(States& states, States& thrown) {
  for (State& state : states)
    if (state.thrown) thrown.push_back(std::move(state));
  std::erase_if(states, [](const State& state) { return state.thrown; });
}

// Effect: guards and threads that the try block, or else the function, has made end.
void Solver::unwind(const Call& call, State& state, const clang::Stmt* handlers) {
  state.thrown = false;
  state.values.clear();
  const auto* const tried = llvm::dyn_cast_or_null<clang::CXXTryStmt>(handlers);
  const clang::Stmt* const within = tried != nullptr
                                        ? static_cast<const clang::Stmt*>(tried->getTryBlock())
                                        : call.function->getBody();
  std::vector<const clang::VarDecl*> variables;
  variables_in(within, variables);
  for (auto at = variables.rbegin(); at != variables.rend(); ++at) {
    const clang::VarDecl* const variable = *at;
    if (!variable->hasLocalStorage() || variable->getType()->isReferenceType()) continue;
    const PlaceId place = place_of(call, variable);
    const Kind kind = model_.kind_of(variable->getType());
    bool ends = kind == Kind::FrameGuard || kind == Kind::ScopeGuard || kind == Kind::Borrow ||
                kind == Kind::Group || kind == Kind::Pinned || kind == Kind::Thread ||
                kind == Kind::Container;
    if (kind == Kind::User || has_deleter(variable->getType()) ||
        !owned_guard(variable->getType()).isNull()) {
      // It was made, and did not end, if anything is known of it.
      const auto first =
          std::find_if(state.cells.begin(), state.cells.end(),
                       [&](const auto& cell) { return places_.is_below(cell.first, place); });
      ends = first != state.cells.end();
    }
    if (!ends) continue;
    States after;
    after.push_back(state);
    destroy(call, place, variable->getType(), within, after);
    if (!after.empty()) state = std::move(after.front());
    for (std::size_t i = 1; i < after.size(); ++i) state.join(after[i]);
    state.thrown = false;
    if (kind == Kind::User)
      std::erase_if(state.cells,
                    [&](const auto& cell) { return places_.is_below(cell.first, place); });
  }
  state.thrown = handlers == nullptr;
}

// Effect: the function is left by the exceptions of the states.
void Solver::leave_by_exception(const Call& call, States thrown, States& exits) {
  for (State& state : thrown) {
    unwind(call, state, nullptr);
    bool changed = false;
    add_state(exits, std::move(state), changed);
  }
}

// Tells of loans that leave the call, although it has ended their frame.
void Solver::leave(const Call& call, State& state) {
  const auto found = state.values.find(call.function->getBody());
  if (found == state.values.end()) return;
  const Value result = found->second;
  watch_exit(state, call, result);
  const clang::QualType type = call.function->getReturnType();
  const Kind kind = model_.kind_of(type);
  std::set<PlaceId> loans;
  for (const Target& target : result.to) {
    if (kind == Kind::Pointer)
      loans.insert(places_.root(target.place));
    else
      reach_place(state, target.place, loans, 4);
    for (const PlaceId memory : loans) {
      const auto life = state.lives.find(memory);
      if (life == state.lives.end() || !is_over(state, life->second)) continue;
      if (!places_.begins_with(places_.chain_of(life->second.end), call.chain)) continue;
      tell(call, EventKind::Return, target.stored, memory, 0, life->second.end);
    }
  }
}

// Tells of loans in an object of the pool or the heap whose box the function gives to its caller.
void Solver::tell_of_boxes(const Call& call, const State& state) {
  const auto found = state.values.find(call.function->getBody());
  if (found == state.values.end()) return;
  for (const Target& result : found->second.to) {
    const auto box = state.cells.find(result.place);
    if (box == state.cells.end()) continue;
    for (const Target& owned : box->second.to) {
      const PlaceData& object = places_[owned.place];
      if (object.kind != PlaceKind::Local || bodies_.is_variable(object.key)) continue;
      for (const auto& [place, held] : state.cells) {
        if (!places_.is_below(place, owned.place)) continue;
        for (const Target& target : held.to) {
          const PlaceId memory = places_.root(target.place);
          const auto life = state.lives.find(memory);
          if (life != state.lives.end() && !is_over(state, life->second))
            tell(call, EventKind::Escape, target.stored, memory, place, 0);
        }
      }
    }
  }
}

}  // namespace fa_check
