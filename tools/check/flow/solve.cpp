// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: the functions that the analysis begins in, and the methods that go on from where they ended.
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// Whether the parameter of the type is a view of objects of somebody else.
bool is_span(clang::QualType type) {
  const clang::CXXRecordDecl* const record = type->isReferenceType() ? nullptr : record_of(type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return name == "std::span" || name == "framealloc::FrameSlice";
}

}  // namespace

void Solver::solve(const clang::FunctionDecl& function,
                   const std::vector<const clang::FunctionDecl*>& followers) {
  gave_up_ = false;
  left_calls_ = false;
  spread_ = 1;
  steps_ = 0;
  const clang::FunctionDecl* definition = nullptr;
  if (!function.hasBody(definition)) return;
  const auto begin = [&](const clang::FunctionDecl* each) {
    Call call;
    call.function = each;
    call.coroutine = llvm::isa_and_nonnull<clang::CoroutineBodyStmt>(each->getBody());
    const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(each);
    if (method != nullptr && method->isInstance()) {
      call.self = places_.place(PlaceKind::This, method->getParent()->getCanonicalDecl());
      if (method->getParent()->isLambda()) call.closure = method->getParent();
    }
    return call;
  };
  const auto finish = [&](const Call& call, const States& exits) {
    if (llvm::isa<clang::CXXConstructorDecl>(call.function)) note_referents(exits);
    for (State state : exits) {
      const std::map<PlaceId, PlaceId> kept = kept_objects(state);
      for (const auto& [place, held] : state.cells) {
        const auto keeper = kept.find(places_.root(place));
        const PlaceId lives_in = keeper == kept.end() ? 0 : keeper->second;
        const PlaceKind kind = places_[places_.root(lives_in == 0 ? place : lives_in)].kind;
        const bool lives_on = kind == PlaceKind::Global || kind == PlaceKind::This ||
                              kind == PlaceKind::Unknown || kind == PlaceKind::Lasting;
        if (!lives_on || llvm::isa<clang::CXXDestructorDecl>(call.function)) continue;
        for (const Target& target : held.to) {
          const PlaceId memory = places_.root(target.place);
          if (places_[memory].kind == PlaceKind::Lasting)
            tell(call, EventKind::Held, 0, memory, place, 0);
          const auto life = state.lives.find(memory);
          if (life == state.lives.end() || is_over(state, life->second)) continue;
          log_.add({EventKind::Escape, target.stored, memory, place, 0, root_, lives_in});
        }
      }
      tell_of_boxes(call, state);
      // Who calls the function in this unit may wait, and is told if not.
      if (bodies_.has_callers(function)) continue;
      hand_over(call, state, followers);
      check_running(call, state, 0);
      for (const Running& running : state.running)
        if (running.seen && !running.arrives && !running.owners.empty())
          tell(call, EventKind::StaysOut, running.created, 0, 0, 0);
    }
  };
  root_ = definition;
  root_on_thread_ = bodies_.runs_on_thread(function);
  const Call call = begin(definition);
  // Handles and pointers that a function is given: each is one thing throughout.
  const auto give = [&](const clang::FunctionDecl* each, State& state) {
    for (const clang::ParmVarDecl* parameter : each->parameters()) {
      const clang::QualType type = parameter->getType();
      PlaceId place = places_.place(PlaceKind::Local, parameter->getCanonicalDecl());
      const PlaceId object = places_.place(PlaceKind::Unknown, nullptr, place);
      if (type->isPointerType() && !type->isFunctionPointerType()) {
        state.cells[place] = Value::of(object);
        state.cells[place].null = true;
      } else if (model_.kind_of(type.getNonReferenceType()) == Kind::Mark) {
        if (type->isReferenceType()) place = object;
        state.cells[place] = Value::of(places_.place(PlaceKind::Mark, parameter));
      } else if (is_span(type) && model_.can_hold(first_type_of(type))) {
        state.cells[place] = Value::of(object);
      }
    }
  };
  State begun;
  give(definition, begun);
  States exits = run(call, {std::move(begun)});
  std::erase_if(exits, [](const State& state) { return state.thrown; });
  for (State& state : exits) leave(call, state);
  finish(call, exits);
  // A member that one method sets is reset by another, or is stale once that one ends the frame.
  const bool keeps = std::any_of(exits.begin(), exits.end(),
                                 [&](const State& state) { return keeps_loans(state); });
  const bool is_called = bodies_.has_callers(function);
  for (const clang::FunctionDecl* follower : followers) {
    if (!keeps && !bodies_.has(*follower, Effect::EndFrame)) continue;
    States entry;
    for (State state : exits) {
      // Where its callers are in sight, what it was given is theirs.
      std::erase_if(state.cells, [&](const auto& cell) {
        return !is_outside(cell.first) || (is_called && is_of_parameter(cell.first));
      });
      state.values.clear();
      std::erase_if(state.running,
                    [&](const Running& running) { return !is_outside(running.handle); });
      state.facts.clear();
      give(follower, state);
      entry.push_back(std::move(state));
    }
    if (entry.empty() || gave_up_) break;
    const Call next = begin(follower);
    (void)run(next, std::move(entry));
  }
}

}  // namespace fa_check
