// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: coroutines: frame memory that they make, and what lives while they are suspended.
#include "flow/solver.hpp"

#include <set>

namespace fa_check {

// Whether it is memory of a frame, and no scratch, no group, no handle.
bool Solver::is_of_frame(const Loan& loan) {
  return !loan.resolved && loan.maker != nullptr &&
         gives_frame_memory(model_.effect_of(*loan.maker));
}

// Result: the expression of the site, or the call that leads to it, that stands in the text of the function.
SiteId Solver::seen_in(SiteId site, const clang::FunctionDecl& function) {
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::SourceRange range = function.getSourceRange();
  SiteId seen = site;
  for (;;) {
    const clang::SourceLocation place =
        sources.getExpansionLoc(places_.expression(seen)->getBeginLoc());
    if (sources.isPointWithin(place, sources.getExpansionLoc(range.getBegin()),
                              sources.getExpansionLoc(range.getEnd())))
      return seen;
    const ChainId chain = places_.chain_of(seen);
    if (chain == 0) return site;
    seen = places_.site(places_.call_of(chain), places_.caller_of(chain));
  }
}

// Effect: notes an allocation that a coroutine makes, itself or in what it calls, in no frame of its own.
void Solver::tell_of_coroutine(const Call& caller, const State& state, const clang::Expr* at,
                               PlaceId owner) {
  const Call* coroutine = &caller;
  while (coroutine != nullptr && !coroutine->coroutine) coroutine = coroutine->caller;
  if (coroutine == nullptr) return;
  const auto frame = state.frames.find(owner);
  const auto thread = state.thread_frames.find(owner);
  if ((frame != state.frames.end() && frame->second == kOpen) ||
      (thread != state.thread_frames.end() && thread->second == kOpen))
    return;
  tell(caller, EventKind::IssueInCoroutine, seen_in(site(caller, at), *coroutine->function),
       places_.place(PlaceKind::Memory, at, 0, caller.chain, 0), 0, 0);
}

void Solver::suspend(const Call& call, State& state, const clang::Expr* expression) {
  const SiteId where = site(call, expression);
  const clang::Expr* given = nullptr;
  if (const auto* await = llvm::dyn_cast<clang::CoawaitExpr>(expression)) {
    if (await->isImplicit()) return;  // the initial and the final suspension
    given = await->getOperand();
  } else if (const auto* yield = llvm::dyn_cast<clang::CoyieldExpr>(expression)) {
    given = yield->getOperand();
  }
  // What is handed over lives across the suspension.
  std::set<PlaceId> loans;
  if (given != nullptr) {
    reach(state, value(call, state, given), loans);
    const clang::Expr* const inner = given->IgnoreUnlessSpelledInSource();
    if (const auto* inner_call = llvm::dyn_cast<clang::CallExpr>(inner)) {
      for (const clang::Expr* argument : inner_call->arguments())
        if (model_.can_hold(argument->getType()) || argument->isGLValue())
          reach(state, value(call, state, argument), loans);
    }
  }
  for (auto& [place, life] : state.lives) {
    if (is_over(state, life)) continue;
    const auto known = loans_.find(place);
    if (known == loans_.end() || known->second.resolved) continue;
    if (loans.count(place) != 0) {
      tell(call, EventKind::Suspend, where, place, 0, where);
      continue;
    }
    // A frame that the coroutine opened around it does not end before.
    if (call.coroutine && is_of_frame(known->second) &&
        places_.begins_with(places_.chain_of(known->second.made), call.chain))
      tell(call, EventKind::IssueInCoroutine, seen_in(known->second.made, *call.function), place, 0,
           0);
    life.suspended = true;
    life.suspension = where;
  }
}

}  // namespace fa_check
