// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: work that runs elsewhere, and how it is waited for.
#include "flow/solver.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace fa_check {
namespace {

constexpr unsigned kNone = ~0U;

}  // namespace

// Effect: when the call hands a callable to another thread, notes what it reaches and runs its body
// apart, to see what it allocates. Result: false when the call does no such thing.
bool Solver::starts_thread(const Call& caller, State state, const clang::FunctionDecl* function,
                           const clang::Expr* at, PlaceId handle,
                           const std::vector<const clang::Expr*>& arguments, States& out) {
  unsigned callable = kNone;
  const std::string name = plain_name(*function);
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (handle != 0) {
    if (!arguments.empty()) callable = 0;  // a constructor of a thread
    const clang::CXXRecordDecl* const of = record_of(at->getType());
    if (of == nullptr || (plain_name(*of) != "std::thread" && plain_name(*of) != "std::jthread"))
      return false;
  } else if (name == "std::async" && !arguments.empty()) {
    callable = arguments.size() > 1 && arguments.front()->getType()->isEnumeralType() ? 1 : 0;
    handle = temporary(caller, at);
  } else if (method == nullptr || !is_in_std(*function)) {
    for (unsigned i = 0; i < function->getNumParams() && i < arguments.size(); ++i)
      if (model_.has_word(function->getParamDecl(i), "runs_on_thread")) callable = i;
  }
  if (callable == kNone || callable >= arguments.size()) return false;
  Running running;
  running.handle = handle;
  const clang::Expr* const work = arguments[callable];
  running.started = site(caller, work->IgnoreUnlessSpelledInSource()->getBeginLoc().isValid()
                                     ? static_cast<const clang::Stmt*>(work)
                                     : at);
  std::set<PlaceId> loans;
  for (unsigned i = callable; i < arguments.size(); ++i) {
    const Value given = value(caller, state, arguments[i]);
    const Kind kind = model_.kind_of(arguments[i]->getType());
    if (arguments[i]->isGLValue() && kind == Kind::Pointer)
      reach(state, load(state, given, arguments[i]->getType()), loans);
    else
      reach(state, given, loans);
  }
  for (const PlaceId loan : loans) {
    const auto life = state.lives.find(loan);
    if (life != state.lives.end() && !is_over(state, life->second) && !loans_[loan].resolved)
      running.reaches.push_back(loan);
  }
  // What the thread does cannot be seen from here in order: it is run in a state of its own.
  const SiteId outer = std::exchange(first_issue_on_thread_, 0);
  const SiteId outer_start = std::exchange(thread_start_, running.started);
  State apart = state;
  apart.running.clear();
  States after;
  run_closures(caller, std::move(apart), value(caller, state, work), at, {}, after, true);
  running.allocates = first_issue_on_thread_ != 0;
  first_issue_on_thread_ = outer;
  thread_start_ = outer_start;
  if (std::find(state.running.begin(), state.running.end(), running) == state.running.end())
    state.running.push_back(std::move(running));
  if (handle != 0 && name == "std::async") {
    state.values[at] = Value::of(handle);
  } else if (!at->getType()->isVoidType() && !llvm::isa<clang::CXXConstructExpr>(at)) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
  out.push_back(std::move(state));
  return true;
}

void Solver::join_threads(State& state, const Value& handles) {
  std::erase_if(state.running, [&](const Running& running) {
    return std::any_of(handles.to.begin(), handles.to.end(), [&](const Target& target) {
      return running.handle != 0 && places_.is_below(running.handle, target.place);
    });
  });
}

void Solver::join_all(State& state) { state.running.clear(); }

void Solver::check_running(const Call& call, State& state, const std::vector<PlaceId>& owners,
                           SiteId end) {
  (void)owners;
  for (const Running& running : state.running) {
    for (const PlaceId loan : running.reaches)
      tell(call, EventKind::ThreadReaches, running.started, loan, 0, end);
    if (end != 0 && running.allocates)
      tell(call, EventKind::EndWhileRunning, end, 0, 0, running.started);
  }
}

}  // namespace fa_check
