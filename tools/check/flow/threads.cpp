// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: work that runs on other threads: what it is given, and what it does there.
#include "flow/solver.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace fa_check {
namespace {

const clang::FunctionDecl* function_named_by(const clang::Expr* expression) {
  expression = expression->IgnoreUnlessSpelledInSource();
  if (const auto* address = llvm::dyn_cast<clang::UnaryOperator>(expression))
    if (address->getOpcode() == clang::UO_AddrOf)
      expression = address->getSubExpr()->IgnoreUnlessSpelledInSource();
  const auto* const name = llvm::dyn_cast<clang::DeclRefExpr>(expression);
  return name == nullptr ? nullptr : llvm::dyn_cast<clang::FunctionDecl>(name->getDecl());
}

// The call operator that the user wrote for objects of the class, or null.
const clang::CXXMethodDecl* call_operator_of(const clang::CXXRecordDecl* record) {
  if (record == nullptr || !record->hasDefinition() || record->isLambda() || is_in_std(*record))
    return nullptr;
  for (const clang::CXXMethodDecl* method : record->methods())
    if (method->getOverloadedOperator() == clang::OO_Call) return method;
  return nullptr;
}

}  // namespace

// Effect: binds the parameter of a call that is about to run.
void Solver::bind(const Call& caller, State& state, PlaceId place, clang::QualType type,
                  const clang::Expr* argument) {
  const clang::CXXRecordDecl* const given = record_of(argument->getType());
  const clang::CXXRecordDecl* const wanted = record_of(type);
  const bool is_wrapper =
      given != nullptr && given != wanted && plain_name(*given) == "std::reference_wrapper";
  if (!is_wrapper && !type->isReferenceType() && argument->isGLValue() &&
      model_.kind_of(type) == Kind::Pointer) {
    // What is forwarded: the parameter is a copy of it.
    store(state, place, load(state, value(caller, state, argument), argument->getType()),
          site(caller, argument));
    return;
  }
  if (!is_wrapper) {
    store_into(caller, state, place, type, argument, site(caller, argument));
    // The parameter is the object that the caller made for it, and may be moved on.
    if (argument->isPRValue() && (ends_what_it_holds(type) || !owned_guard(type).isNull()))
      leave_empty(state, value(caller, state, argument), type);
    return;
  }
  const Value objects = load(state, value(caller, state, argument), {});
  if (type->isReferenceType()) {
    store(state, place, objects, site(caller, argument));
    return;
  }
  bool weak = false;
  for (const Target& object : objects.to) {
    copy(state, place, object.place, type, site(caller, argument), weak);
    weak = true;
  }
}

// Effect: runs what a call of `work` with `arguments` runs, as far as it is in sight.
// Result: whether it is.
bool Solver::run_work(const Call& caller, State state, const clang::Expr* work,
                      std::vector<const clang::Expr*> arguments, const clang::Expr* at,
                      States& out) {
  const clang::Expr* const bare = work->IgnoreUnlessSpelledInSource();
  if (const auto* bound = llvm::dyn_cast<clang::CallExpr>(bare)) {
    const clang::FunctionDecl* const callee = bound->getDirectCallee();
    if (callee != nullptr && is_in_std(*callee) && bound->getNumArgs() > 0 &&
        (plain_name(*callee) == "std::bind" || plain_name(*callee) == "std::bind_front" ||
         plain_name(*callee) == "std::ref")) {
      std::vector<const clang::Expr*> inner(bound->arg_begin() + 1, bound->arg_end());
      inner.insert(inner.end(), arguments.begin(), arguments.end());
      return run_work(caller, std::move(state), bound->getArg(0), std::move(inner), at, out);
    }
  }
  const clang::FunctionDecl* function = function_named_by(work);
  PlaceId self = 0;
  if (const auto* method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(function);
      method != nullptr && method->isInstance()) {
    if (arguments.empty()) return false;
    const clang::Expr* const object = arguments.front();
    arguments.erase(arguments.begin());
    Value objects = value(caller, state, object);
    const Kind kind = model_.kind_of(object->getType());
    if (kind == Kind::View || (kind == Kind::Pointer && object->isGLValue()))
      objects = load(state, objects, {});
    if (objects.to.empty()) return false;
    self = objects.to.front().place;
  } else if (function == nullptr) {
    const Value objects = value(caller, state, work);
    function = call_operator_of(record_of(work->getType()));
    if (function == nullptr) {
      const std::size_t before = inlined_.size();
      const bool has_body = std::any_of(objects.to.begin(), objects.to.end(), [&](const Target& t) {
        return closures_.count(t.place) != 0 || closures_.count(places_.element(t.place)) != 0;
      });
      run_closures(caller, std::move(state), objects, at, arguments, out, true);
      return has_body || inlined_.size() != before;
    }
    if (objects.to.empty()) return false;
    self = objects.to.front().place;
  }
  if (!can_run(caller, function)) return false;
  run_call(caller, std::move(state), function, at, self, arguments, out, true);
  return true;
}

// Where the thread is told of: the closure that it runs, or, where that one wraps what somebody else
// gave, the one that was given and holds the memory; else the call.
SiteId Solver::site_of_work(const Call& caller, State& state, const clang::Expr* work,
                            const clang::Expr* at) {
  PlaceId closure = 0;
  for (const Target& target : value(caller, state, work).to) {
    for (const PlaceId place : {target.place, places_.element(target.place)}) {
      const auto found = closures_.find(place);
      if (found != closures_.end() && found->second.size() == 1 && closure == 0) closure = place;
    }
  }
  for (PlaceId inner = closure; inner != 0;) {
    closure = std::exchange(inner, 0);
    for (const auto& [place, records] : closures_) {
      if (place == closure || records.size() != 1 || !places_.is_below(place, closure)) continue;
      std::set<PlaceId> loans;
      reach(state, Value::of(place), loans);
      if (!loans.empty()) inner = place;
    }
  }
  const clang::LambdaExpr* lambda =
      closure == 0 ? nullptr : bodies_.lambda_of(*closures_[closure].begin());
  if (lambda == nullptr)
    lambda = llvm::dyn_cast<clang::LambdaExpr>(work->IgnoreUnlessSpelledInSource());
  return site(caller, lambda != nullptr ? static_cast<const clang::Expr*>(lambda) : at);
}

PlaceId Solver::handle_of(const Call& caller, const clang::FunctionDecl* function,
                          const clang::Expr* at, PlaceId made, const Value& object) {
  if (made != 0) return made;
  if (!is_in_std(*function)) return 0;
  if (llvm::isa<clang::CXXMethodDecl>(function))
    return object.to.empty() ? 0 : places_.element(object.to.front().place);
  if (plain_name(*function) == "std::async") return temporary(caller, at);
  return places_.place(PlaceKind::Local, at, 0, caller.chain);
}

// Everything of marks that the value leads to: handles, and what promises and futures share.
void Solver::reach_marks(const State& state, const Value& value, std::vector<PlaceId>& marks,
                         unsigned depth) const {
  if (depth > 3) return;
  for (const Target& target : value.to) {
    if (places_[target.place].kind == PlaceKind::Mark) {
      insert_sorted(marks, target.place);
      continue;
    }
    for (const auto& [place, held] : state.cells)
      if (places_.is_below(place, target.place)) reach_marks(state, held, marks, depth + 1);
  }
}

// Result: the mark that a promise or a task shares with its future; 0 when there is none.
PlaceId Solver::load_mark(const State& state, const Value& promises) const {
  for (const Target& target : promises.to) {
    const auto cell = state.cells.find(target.place);
    if (cell != state.cells.end() && !cell->second.to.empty()) return cell->second.to.front().place;
  }
  return 0;
}

// Effect: when the call hands a callable to another thread, notes what it reaches and runs its body
// apart, to see what it does. `made` is the object that the call constructs, or 0.
// Result: false when the call does no such thing.
bool Solver::starts_thread(const Call& caller, State& state, const clang::FunctionDecl* function,
                           const clang::Expr* at, PlaceId made, const Value& object,
                           const std::vector<const clang::Expr*>& arguments, States& out) {
  const std::optional<Work> found = work_of(model_, *function, arguments);
  if (!found) return false;
  use_arguments(caller, state, function, arguments);
  const clang::Expr* const work = arguments[found->index];
  Running running;
  running.created = site(caller, at);
  tell(caller, EventKind::ThreadRuns, site(caller, at), 0, 0, site(caller, work));
  running.started = site_of_work(caller, state, work, at);
  running.handle =
      found->kind == WorkKind::Thread ? handle_of(caller, function, at, made, object) : 0;
  std::set<PlaceId> loans;
  for (unsigned i = found->index; i < arguments.size(); ++i) {
    const Value given = value(caller, state, arguments[i]);
    reach_marks(state, given, running.marks);
    const Kind kind = model_.kind_of(arguments[i]->getType());
    if (arguments[i]->isGLValue() && kind == Kind::Pointer)
      reach(state, load(state, given, arguments[i]->getType()), loans);
    else
      reach(state, given, loans);
  }
  // What the thread does cannot be seen from here in order: it is run in a state of its own, with
  // no frame but those that it opens itself.
  Thread thread;
  thread.started = running.started;
  thread.is_made = found->kind == WorkKind::Thread;
  State apart = state;
  apart.running.clear();
  apart.frames.clear();
  apart.thread_frames.clear();
  States after;
  Thread* const outer = std::exchange(thread_, &thread);
  const ChainId outer_chain = std::exchange(thread_chain_, places_.chain(caller.chain, at));
  std::vector<const clang::Expr*> rest(arguments.begin() + found->index + 1, arguments.end());
  if (found->kind != WorkKind::Thread) rest.clear();
  running.seen = run_work(caller, std::move(apart), work, std::move(rest), at, after);
  thread_ = outer;
  thread_chain_ = outer_chain;
  if (outer != nullptr) {
    // A thread of a thread is not followed further.
    outer->allocates = outer->allocates == 0 ? thread.allocates : outer->allocates;
  }
  loans.insert(thread.uses.begin(), thread.uses.end());
  for (const PlaceId loan : loans) {
    const auto life = state.lives.find(loan);
    if (life != state.lives.end() && !is_over(state, life->second) && !loans_[loan].resolved)
      running.reaches.push_back(loan);
  }
  // A task is done when its future has the result.
  const clang::CXXRecordDecl* const task = record_of(work->getType());
  if (task != nullptr && plain_name(*task) == "std::packaged_task")
    thread.signals.push_back(load_mark(state, value(caller, state, work)));
  running.owners = thread.owners;
  running.signals = thread.signals;
  running.arrives = thread.arrives;
  threads_[running.created].join(thread);
  if (found->kind != WorkKind::Joined &&
      std::find(state.running.begin(), state.running.end(), running) == state.running.end())
    state.running.push_back(running);
  if (made != 0) {
    state.values[at] = Value::of(made);
  } else if (running.handle != 0 && places_[running.handle].kind == PlaceKind::Local) {
    const PlaceId place = temporary(caller, at);
    store(state, place, Value::of(running.handle), running.created);
    state.values[at] = Value::of(place);
  } else if (running.handle != 0 && (at->isGLValue() || plain_name(*function) == "std::async")) {
    state.values[at] = Value::of(running.handle);
  } else if (!at->getType()->isVoidType()) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
  out.push_back(std::move(state));
  return true;
}

void Thread::join(const Thread& other) {
  if (started == 0) started = other.started;
  if (allocates == 0) allocates = other.allocates;
  if (issues == 0) issues = other.issues;
  arrives = arrives || other.arrives;
  sets_budget = sets_budget || other.sets_budget;
  is_made = is_made || other.is_made;
}

// Effect: notes an allocation of the thread that is run; `owner` is 0 when it is of no frame that
// threads share.
void Solver::note_allocation(const Call& call, PlaceId owner, const clang::Expr* at) {
  if (thread_ == nullptr) return;
  if (thread_->allocates == 0) thread_->allocates = site(call, at);
  if (owner == 0) return;
  if (thread_->issues == 0) thread_->issues = site(call, at);
  insert_sorted(thread_->owners, owner);
}

// Effect: tells when a thread allocates from the arena of another one.
void Solver::check_arena(const Call& call, State& state, const Value& arenas,
                         const clang::Expr* at) {
  if (thread_ == nullptr) return;
  for (const Target& target : arenas.to) {
    const PlaceData& place = places_[target.place];
    ChainId home = thread_chain_;
    if (place.kind == PlaceKind::Resource && place.key != nullptr) {
      home = place.chain;
    } else if (place.kind == PlaceKind::Unknown &&
               places_[places_.root(place.parent)].kind == PlaceKind::Local) {
      home = places_[places_.root(place.parent)].chain;
    } else {
      continue;
    }
    if (places_.begins_with(home, thread_chain_)) continue;
    tell(call, EventKind::ThreadGrows, thread_->started, 0, 0, site(call, at));
  }
  (void)state;
}

// Effect: notes that memory was stored where a thread of the unit looks for it.
void Solver::publish(State& state, PlaceId place, const Value& value, SiteId site) {
  if (thread_ != nullptr || root_on_thread_) return;
  PlaceId shared = 0;
  for (PlaceId at = place; at != 0; at = places_[at].parent) {
    const PlaceData& data = places_[at];
    // Of a promise whose future a thread has.
    const PlaceId mark = load_mark(state, Value::of(at));
    if (mark != 0 && places_[mark].kind == PlaceKind::Mark &&
        std::any_of(state.running.begin(), state.running.end(), [&](const Running& running) {
          return std::binary_search(running.marks.begin(), running.marks.end(), mark);
        })) {
      shared = at;
      break;
    }
    if (data.kind != PlaceKind::Field && data.kind != PlaceKind::Global) {
      if (data.kind == PlaceKind::Element) continue;
      break;
    }
    const auto* const declaration = static_cast<const clang::ValueDecl*>(data.key);
    if (bodies_.is_seen_by_threads(*declaration)) shared = at;
  }
  if (shared == 0) return;
  // Of a variable, a thread sees what it holds by then once it is started with it.
  const PlaceData& root = places_[places_.root(shared)];
  if (root.kind == PlaceKind::Local && bodies_.is_variable(root.key) &&
      std::none_of(state.running.begin(), state.running.end(),
                   [](const Running& running) { return running.published == 0; }))
    return;
  for (const Target& target : value.to) {
    const PlaceId loan = places_.root(target.place);
    const auto life = state.lives.find(loan);
    if (life == state.lives.end() || is_over(state, life->second) || loans_[loan].resolved)
      continue;
    Running running;
    running.published = shared;
    running.handle = places_[shared].kind == PlaceKind::Field ? places_[shared].parent : 0;
    running.created = running.started = places_.seen_from(site, loans_[loan].made);
    running.reaches.push_back(loan);
    if (std::find(state.running.begin(), state.running.end(), running) == state.running.end())
      state.running.push_back(std::move(running));
  }
}

}  // namespace fa_check
