// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: how threads are waited for, and what is told where they are not.
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// Effect: forgets what the loop alone counts and points with, once it is left.
void forget_counters(const Places& places, const Bodies& bodies, const Call& call, State& state,
                     const clang::Stmt& loop) {
  if (!llvm::isa<clang::ForStmt, clang::CXXForRangeStmt, clang::WhileStmt, clang::DoStmt>(loop) ||
      loop.getBeginLoc().isMacroID())
    return;
  std::erase_if(state.cells, [&](const auto& cell) {
    const PlaceData& place = places[cell.first];
    if (place.kind != PlaceKind::Local || place.chain != call.chain ||
        !bodies.is_variable(place.key))
      return false;
    const auto* const variable = static_cast<const clang::VarDecl*>(place.key);
    return loop.getBeginLoc() <= variable->getLocation() &&
           variable->getLocation() <= loop.getEndLoc() &&
           (variable->getType()->isReferenceType() || variable->getType()->isScalarType());
  });
}

// The part of an expression that names the object or the container that it is about.
const clang::Expr* container_in(const clang::Expr* expression) {
  for (unsigned steps = 0; steps < 16; ++steps) {
    expression = expression->IgnoreUnlessSpelledInSource();
    if (const auto* e = llvm::dyn_cast<clang::CXXOperatorCallExpr>(expression)) {
      if (e->getNumArgs() == 0) return expression;
      expression = e->getArg(0);
    } else if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(expression)) {
      expression = member->getImplicitObjectArgument();
    } else if (const auto* unary = llvm::dyn_cast<clang::UnaryOperator>(expression)) {
      expression = unary->getSubExpr();
    } else if (const auto* index = llvm::dyn_cast<clang::ArraySubscriptExpr>(expression)) {
      expression = index->getBase();
    } else if (const auto* call = llvm::dyn_cast<clang::CallExpr>(expression)) {
      if (call->getNumArgs() == 0) return expression;  // std::begin(x)
      expression = call->getArg(0);
    } else if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(expression)) {
      const auto* const variable = llvm::dyn_cast<clang::VarDecl>(name->getDecl());
      // The variable of a loop: what it goes through.
      if (variable == nullptr || variable->getInit() == nullptr ||
          !(variable->getType()->isReferenceType() || variable->isCXXForRangeDecl() ||
            !variable->isUsableInConstantExpressions(variable->getASTContext())))
        return expression;
      const clang::CXXRecordDecl* const record = record_of(variable->getType());
      const bool points =
          variable->getType()->isReferenceType() ||
          (record != nullptr && llvm::StringRef(plain_name(*record)).contains("iterator"));
      if (!points && !variable->isImplicit()) return expression;
      expression = variable->getInit();
    } else {
      return expression;
    }
  }
  return expression;
}

// The calls in a loop that wait for threads, and those in its condition that ask an atomic.
struct LoopVisitor : clang::RecursiveASTVisitor<LoopVisitor> {
  bool TraverseLambdaExpr(clang::LambdaExpr*) { return true; }
  bool VisitCXXMemberCallExpr(clang::CXXMemberCallExpr* call) {
    const clang::CXXMethodDecl* const method = call->getMethodDecl();
    if (method != nullptr && is_in_std(*method)) calls.push_back(call);
    return true;
  }
  std::vector<const clang::CXXMemberCallExpr*> calls;
};

}  // namespace

void Solver::join_threads(State& state, const Value& handles) {
  for (const Target& target : handles.to) {
    // A future of a promise: whoever keeps it is done.
    const auto promise = state.cells.find(target.place);
    if (promise != state.cells.end() && !promise->second.to.empty()) {
      const Value promises = promise->second;
      wait_for(state, promises);
    }
  }
  std::erase_if(state.running, [&](const Running& running) {
    if (running.published != 0 && running.handle == 0) return true;
    const bool joined =
        std::any_of(handles.to.begin(), handles.to.end(), [&](const Target& target) {
          if (running.handle == 0) return false;
          return places_.is_below(running.handle, target.place) ||
                 (running.published != 0 && places_.is_below(target.place, running.handle));
        });
    // A thread that a member holds runs over frames, unless it is forked and joined in one.
    const bool shares = std::any_of(running.owners.begin(), running.owners.end(),
                                    [&](PlaceId owner) { return !is_frame_open(state, owner); });
    if (joined && shares && running.seen && !running.arrives &&
        places_[running.handle].kind == PlaceKind::Field)
      log_.add({EventKind::StaysOut, running.created, 0, 0, 0, root_});
    return joined;
  });
}

void Solver::join_all(State& state) { state.running.clear(); }

// Effect: the threads that have signaled one of the objects are done; so is whatever may have.
void Solver::wait_for(State& state, const Value& objects) {
  std::erase_if(state.running, [&](const Running& running) {
    if (!running.seen || running.published != 0 || objects.to.empty()) return true;
    return std::any_of(objects.to.begin(), objects.to.end(), [&](const Target& target) {
      return std::any_of(running.signals.begin(), running.signals.end(), [&](PlaceId signal) {
        return places_.is_below(signal, target.place) || places_.is_below(target.place, signal);
      });
    });
  });
}

void Solver::synchronize(State& state, Sync sync, const Value& object) {
  if (sync == Sync::None) return;
  if (thread_ != nullptr) {
    if (sync == Sync::Waits) return;
    Value signaled;
    signaled.to = object.to;
    // A promise that was moved here, by the mark that its future has too.
    for (const Target& target : object.to)
      if (const auto cell = state.cells.find(target.place); cell != state.cells.end())
        for (const Target& also : cell->second.to) signaled.add(also);
    for (const Target& target : signaled.to)
      if (std::find(thread_->signals.begin(), thread_->signals.end(), target.place) ==
          thread_->signals.end())
        thread_->signals.push_back(target.place);
    return;
  }
  if (sync != Sync::Signals) wait_for(state, object);
}

// Effect: a thread of the frame waits at, or a participant arrives at, a barrier of frames. Those
// that do not take part and allocate are told of: the frame may end under them.
void Solver::meet_at_barrier(const Call& call, State& state, bool waits) {
  if (thread_ != nullptr) {
    thread_->arrives = true;
    return;
  }
  if (!waits) return;
  for (const Running& running : state.running)
    if (running.seen && !running.arrives && !running.owners.empty())
      tell(call, EventKind::StaysOut, running.created, 0, 0, 0);
  std::erase_if(state.running, [&](const Running& running) {
    return !running.seen || running.arrives || running.published != 0 || !running.owners.empty();
  });
}

// Effect: what holds when a loop is left: threads that it joins one after the other are done, also
// where the analysis sees no turn of it; a flag that it waits for has been set.
void Solver::leave_loop(const Call& call, State& state, const clang::Stmt* loop) {
  if (loop == nullptr) return;
  forget_counters(places_, bodies_, call, state, *loop);
  if (state.running.empty()) return;
  const clang::Stmt* body = nullptr;
  const clang::Expr* condition = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(loop)) {
    body = e->getBody();
    condition = e->getCond();
  } else if (const auto* w = llvm::dyn_cast<clang::WhileStmt>(loop)) {
    body = w->getBody();
    condition = w->getCond();
  } else if (const auto* d = llvm::dyn_cast<clang::DoStmt>(loop)) {
    body = d->getBody();
    condition = d->getCond();
  } else if (const auto* r = llvm::dyn_cast<clang::CXXForRangeStmt>(loop)) {
    body = r->getBody();
  } else {
    return;
  }
  LoopVisitor waits;
  waits.TraverseStmt(const_cast<clang::Stmt*>(body));
  for (const clang::CXXMemberCallExpr* each : waits.calls) {
    if (!waits_for_thread(*each->getMethodDecl())) continue;
    const Value object = value(call, state, container_in(each->getImplicitObjectArgument()));
    if (!object.to.empty()) join_threads(state, object);
  }
  if (condition == nullptr) return;
  LoopVisitor asked;
  asked.TraverseStmt(const_cast<clang::Expr*>(condition));
  for (const clang::CXXMemberCallExpr* each : asked.calls) {
    const clang::CXXRecordDecl* const record =
        record_of(each->getImplicitObjectArgument()->getType());
    if (record == nullptr) continue;
    const std::string name = plain_name(*record);
    const bool flag = name == "std::atomic" || name == "std::atomic_flag" ||
                      name == "std::future" || name == "std::__atomic_base";
    if (!flag) continue;
    const Value object = value(call, state, each->getImplicitObjectArgument());
    if (object.to.empty()) continue;
    if (name == "std::future")
      join_threads(state, object);
    else
      wait_for(state, object);
  }
}

// Effect: forgets what others than the function may wait for, once it returns: its caller, other
// methods of its class.
void Solver::hand_over(const Call& call, State& state,
                       const std::vector<const clang::FunctionDecl*>& followers) {
  const auto returned = state.values.find(call.function->getBody());
  std::erase_if(state.running, [&](const Running& running) {
    if (running.handle == 0) return false;
    const PlaceData& root = places_[places_.root(running.handle)];
    if (root.kind == PlaceKind::Unknown) return running.published == 0;
    if (returned != state.values.end() &&
        std::any_of(
            returned->second.to.begin(), returned->second.to.end(),
            [&](const Target& target) { return places_.is_below(running.handle, target.place); }))
      return true;
    if (root.kind != PlaceKind::This || running.published != 0) return false;
    if (!followers.empty()) return true;
    const auto* const record = static_cast<const clang::CXXRecordDecl*>(root.key);
    for (PlaceId at = running.handle; at != 0; at = places_[at].parent) {
      if (places_[at].kind != PlaceKind::Field) continue;
      const auto* const member = static_cast<const clang::ValueDecl*>(places_[at].key);
      if (bodies_.joins(*record, *member, call.function)) return true;
    }
    return false;
  });
}

// Effect: tells of threads that may still look at memory that has just ended, or, with no end, at
// memory of a function that returns.
void Solver::check_running(const Call& call, State& state, SiteId end) {
  for (const Running& running : state.running) {
    for (const PlaceId loan : running.reaches) {
      const auto life = state.lives.find(loan);
      if (life == state.lives.end()) continue;
      const bool over = is_over(state, life->second);
      if (end != 0 ? (!over || life->second.end != end) : over) continue;
      if (running.published != 0 && !still_holds(state, running.published, loan)) continue;
      tell(call, EventKind::ThreadReaches, running.started, loan, running.created, end);
    }
  }
}

// Effect: tells of threads that allocate in a frame that ends now.
void Solver::check_allocating(const Call& call, const State& state,
                              const std::vector<PlaceId>& owners, SiteId end) {
  for (const Running& running : state.running) {
    const bool shares = owners.empty()
                            ? !running.owners.empty()
                            : std::any_of(owners.begin(), owners.end(), [&](PlaceId owner) {
                                return std::find(running.owners.begin(), running.owners.end(),
                                                 owner) != running.owners.end();
                              });
    if (!shares) continue;
    tell(call, EventKind::EndWhileRunning, end, 0, 0, running.created);
    if (!running.arrives) tell(call, EventKind::StaysOut, running.created, 0, 0, end);
  }
}

bool Solver::still_holds(const State& state, PlaceId object, PlaceId loan) const {
  return std::any_of(state.cells.begin(), state.cells.end(), [&](const auto& cell) {
    if (!places_.is_below(cell.first, object)) return false;
    return std::any_of(cell.second.to.begin(), cell.second.to.end(),
                       [&](const Target& target) { return places_.root(target.place) == loan; });
  });
}

}  // namespace fa_check
