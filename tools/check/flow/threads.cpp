// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: work that runs elsewhere, and how it is waited for.
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

struct Start {
  bool starts = false;
  bool joined = false;    // done when the call returns
  bool deferred = false;  // runs later, on this thread
  unsigned closure = 0;   // index of the argument that is called
};

}  // namespace

bool Solver::starts_thread(const Call& caller, State state, const clang::FunctionDecl* function,
                           const clang::Expr* at, PlaceId handle,
                           const std::vector<const clang::Expr*>& arguments, States& out) {
  (void)caller;
  (void)state;
  (void)function;
  (void)at;
  (void)handle;
  (void)arguments;
  (void)out;
  return false;
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
