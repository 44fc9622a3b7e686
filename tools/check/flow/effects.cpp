// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what the functions that the model knows do.
#include "flow/solver.hpp"

#include "flow/arguments.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {

// Effect: what was made at `from` is taken for what was made at `to`.
void Solver::age_loan(State& state, PlaceId from, PlaceId to) {
  const auto before = state.lives.find(from);
  if (before == state.lives.end()) return;
  const auto [known, is_new] = state.lives.try_emplace(to, before->second);
  if (!is_new) known->second.join(before->second);
  state.lives.erase(from);
  const auto aged = [&](const Value& value) {
    Value sorted = value;
    sorted.to.clear();
    for (Target target : value.to) {
      if (places_.is_below(target.place, from))
        target.place = places_.moved(target.place, from, to);
      sorted.add(target);
    }
    return sorted;
  };
  std::map<PlaceId, Value> cells;
  for (const auto& [place, value] : state.cells) {
    const PlaceId there = places_.is_below(place, from) ? places_.moved(place, from, to) : place;
    const auto [cell, is_first] = cells.try_emplace(there, aged(value));
    if (!is_first) cell->second.join(aged(value));
  }
  state.cells = std::move(cells);
  for (auto& [expression, value] : state.values) value = aged(value);
}

Value Solver::issue(const Call& caller, State& state, const std::vector<PlaceId>& owners,
                    const clang::Expr* at, const Loan& made, const std::vector<PlaceId>& since) {
  const PlaceId fresh = places_.place(PlaceKind::Memory, at, 0, caller.chain, 0);
  loans_[fresh] = made;
  // What earlier turns of a loop made are other objects: those that have ended, and those that have not.
  const PlaceId ended = places_.place(PlaceKind::Memory, at, 0, caller.chain, 1);
  const PlaceId earlier = places_.place(PlaceKind::Memory, at, 0, caller.chain, 2);
  for (const PlaceId each : {earlier, fresh}) {
    const auto before = state.lives.find(each);
    if (before == state.lives.end()) continue;
    const PlaceId old = is_over(state, before->second) ? ended : earlier;
    loans_[old] = made;
    if (old != each) age_loan(state, each, old);
  }
  Life life;
  life.owner = owners.empty() ? 0 : owners.front();
  const auto thread = state.thread_frames.find(life.owner);
  life.of_thread = thread != state.thread_frames.end() && (thread->second & kOpen) != 0;
  life.since = since;
  for (const auto& [mark, owner] : state.marks)
    if (owner == life.owner && since.empty()) life.since.push_back(mark);
  std::sort(life.since.begin(), life.since.end());
  life.since.erase(std::unique(life.since.begin(), life.since.end()), life.since.end());
  state.lives[fresh] = life;
  const SiteId where = site(caller, at);
  loans_[fresh].of_thread = loans_[fresh].of_thread || life.of_thread;
  log_.add({EventKind::Issue, where, fresh, 0, 0, root_, life.owner, false,
            is_frame_open(state, life.owner)});
  // A thread that opens the frame itself shares it with nobody.
  const auto opened = state.frames.find(life.owner);
  const bool own = life.of_thread || made.of_thread || made.resolved ||
                   (opened != state.frames.end() && opened->second == kOpen);
  note_allocation(caller, own || !since.empty() ? 0 : life.owner, at);
  return Value::of(fresh);
}

void Solver::speculate(const Call& caller, State state, const clang::Expr* at, const Value& object,
                       const std::vector<const clang::Expr*>& arguments, States& out) {
  const std::vector<PlaceId> of = owners(state, object);
  const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
  for (const PlaceId owner : of) set_mark(state, mark, owner);
  const Value closure = value(caller, state, arguments.back());
  bool refused = false;
  for (const Target& target : closure.to) {
    const auto found = closures_.find(target.place);
    if (found == closures_.end()) continue;
    for (const clang::CXXRecordDecl* record : found->second)
      if (const clang::CXXMethodDecl* body = record->getLambdaCallOperator())
        refused = body->hasBody() && says_no(body);
  }
  States after;
  run_closures(caller, std::move(state), closure, at, arguments, after);
  for (State& each : after) {
    if (refused)
      end_mark(caller, each, mark, site(caller, at), true);
    else
      forget_mark(each, mark);
    std::erase_if(each.marks, [&](const auto& known) { return known.first == mark; });
    each.values[at] = Value::unknown();
    out.push_back(std::move(each));
  }
}

// Whether the function is one of the library's, of an object whose allocator is known.
bool Solver::drives_known(const State& state, const clang::FunctionDecl& function,
                          const Value& object) {
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (!is_in_framealloc(function) || method == nullptr) return false;
  const Kind kind = model_.kind_of(type_of(context_, method->getParent()));
  if (kind == Kind::Allocator || kind == Kind::Owner) return true;
  return std::any_of(object.to.begin(), object.to.end(), [&](const Target& target) {
    const auto cell = state.cells.find(target.place);
    return cell != state.cells.end() && !cell->second.to.empty();
  });
}

bool Solver::apply(const Call& caller, State& state, Effect effect,
                   const clang::FunctionDecl* function, const clang::Expr* at, const Value& object,
                   const std::vector<const clang::Expr*>& arguments, States& out) {
  const SiteId where = site(caller, at);
  watch_effect(caller, state, effect, function, at, object, arguments);
  const auto argument = [&](unsigned index) {
    return index < arguments.size() ? value(caller, state, arguments[index]) : Value::unknown();
  };
  // The allocator that a function is called on, or given.
  const auto of = [&] {
    std::vector<PlaceId> found = owners(state, object);
    if (!is_in_framealloc(*function)) {
      found.clear();
      for (const clang::Expr* each : arguments) {
        const clang::QualType type = each->getType();
        const Kind kind = model_.kind_of(type->isPointerType() ? type->getPointeeType() : type);
        if (kind == Kind::Allocator || kind == Kind::Owner)
          found = owners(state, value(caller, state, each));
      }
      if (found.empty() && !object.to.empty()) {
        // A member of the class that is an allocator stands for it; else the object itself.
        found = owners(state, object);
      }
    }
    if (found.empty()) found.push_back(places_.place(PlaceKind::Part, nullptr));
    return found;
  };
  const auto is_allocator = [&](const clang::Expr* each) {
    const clang::QualType type = each->getType();
    const Kind kind = model_.kind_of(type->isPointerType() ? type->getPointeeType() : type);
    return kind == Kind::Allocator || kind == Kind::Owner;
  };
  const auto give = [&](Value result) {
    set_result(caller, state, at, std::move(result), at->getType());
    out.push_back(std::move(state));
    return true;
  };
  // A record of the library that is a pointer: its cell has the loan.
  const auto give_held = [&](Value held) {
    const Kind kind = model_.kind_of(at->getType());
    if (kind == Kind::Plain || kind == Kind::Pointer || at->isGLValue()) return give(held);
    const PlaceId place = temporary(caller, at);
    std::erase_if(state.cells,
                  [&](const auto& cell) { return places_.is_below(cell.first, place); });
    store(state, place, std::move(held), where);
    state.values[at] = Value::of(place);
    out.push_back(std::move(state));
    return true;
  };
  Loan loan;
  loan.made = where;
  loan.maker = function;
  loan.type = at->getType();
  loan.on_thread = caller.on_thread;
  switch (effect) {
    case Effect::Frame:
    case Effect::FrameRaw:
    case Effect::FrameFree:
    case Effect::FrameOfScope:
    case Effect::ThreadFrame:
    case Effect::Retain: {
      use_arguments(caller, state, function, arguments);
      // An arena that this thread was given, not one that it asked the allocator for.
      const auto* const member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
      const clang::Expr* const arena = member != nullptr ? member->getImplicitObjectArgument()
                                       : effect == Effect::FrameFree && !arguments.empty()
                                           ? arguments.front()
                                           : nullptr;
      if (arena != nullptr &&
          model_.kind_of(arena->getType()->isPointerType() ? arena->getType()->getPointeeType()
                                                           : arena->getType()) == Kind::Owner)
        check_arena(caller, state, member != nullptr ? object : argument(0), at);
      loan.raw = effect == Effect::FrameRaw;
      std::vector<PlaceId> from = of();
      if (effect == Effect::FrameFree) from = owners(state, argument(0));
      if (effect == Effect::FrameOfScope) {
        from.clear();
        for (const Target& target : load(state, object, {}).to)
          for (const auto& [mark, owner] : state.marks)
            if (mark == target.place) from.push_back(owner);
        if (from.empty()) break;
      }
      if (effect == Effect::Retain && !arguments.empty()) {
        loan.retained = true;
        const std::string policy = policy_of(arguments.front());
        loan.discards = policy == "Discard" || policy == "Ephemeral" || policy == "ephemeral";
        loan.promotes = llvm::StringRef(policy).starts_with("Promote") || policy == "reusable" ||
                        policy == "Reusable" || policy == "persistent" || policy == "Persistent" ||
                        policy == "scratch" || policy == "Scratch";
      }
      tell_of_coroutine(caller, state, at, from.front());
      // What is built in frame memory may hold what it is built from.
      loan.of_thread = effect == Effect::ThreadFrame;
      Value made = issue(caller, state, from, at, loan);
      if (effect == Effect::ThreadFrame)
        for (const Target& target : made.to) state.lives[target.place].of_thread = true;
      const clang::StringRef name =
          function->getDeclName().isIdentifier() ? function->getName() : "";
      const bool builds = name == "frame_new" || name == "frame_box" || effect == Effect::Retain;
      if (builds && !made.to.empty()) {
        // The policy of retained memory and the arena of the free function come first.
        std::vector<const clang::Expr*> given = arguments;
        const bool has_first = effect == Effect::Retain || effect == Effect::FrameFree;
        if (has_first && !given.empty()) given.erase(given.begin());
        const clang::QualType type = at->getType()->isPointerType()
                                         ? at->getType()->getPointeeType()
                                         : first_type_of(at->getType());
        for (State& after :
             build(caller, std::move(state), made.to.front().place, type, at, given)) {
          state = std::move(after);
          (void)give_held(made);
        }
        return true;
      }
      if (model_.kind_of(at->getType()) == Kind::ArenaContainer && !arguments.empty()) {
        const Value room = argument(0);
        made.number = 0;
        if (!llvm::isa<clang::CXXDefaultArgExpr>(arguments.front()))
          made.number = room.number ? *room.number : 1;
      }
      return give_held(made);
    }
    case Effect::Interior:
      (void)use(caller, state, load(state, object, {}), at);
      return give_held(load(state, object, {}));
    case Effect::BeginFrame:
      for (const PlaceId owner : of()) state.frames[owner] = kOpen;
      break;
    case Effect::BeginThreadFrame:
      for (const PlaceId owner : of()) state.thread_frames[owner] = kOpen;
      break;
    case Effect::EndFrame:
    case Effect::NextFrame:
    case Effect::EndThreadFrame: {
      // Of the allocator that it is called on or given, else of all.
      const bool of_all = !drives_known(state, *function, object) &&
                          std::none_of(arguments.begin(), arguments.end(), is_allocator);
      end_frame(caller, state, of_all ? std::vector<PlaceId>() : of(),
                effect == Effect::EndThreadFrame, where);
      if (effect == Effect::NextFrame)
        for (const PlaceId owner : of()) state.frames[owner] = kOpen;
      break;
    }
    case Effect::OpenFrame: {
      Value held;
      for (const PlaceId owner : of()) {
        state.frames[owner] = kOpen;
        held.add({owner, 0});
      }
      return give_held(held);
    }
    case Effect::OpenScope:
    case Effect::Checkpoint: {
      const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
      for (const PlaceId owner : of()) set_mark(state, mark, owner);
      return give_held(Value::of(mark));
    }
    case Effect::SameMark:
    case Effect::OwnerOfScope:
      return give_held(load(state, object, {}));
    case Effect::Rewind: {
      if (arguments.empty()) break;
      const Value marks = load(state, argument(0), {});
      // Of the checkpoints of a stack it is the newest.
      const auto newest = std::find_if(state.marks.rbegin(), state.marks.rend(),
                                       [&](const auto& each) { return marks.has(each.first); });
      const PlaceId only = marks.to.size() > 1 && newest != state.marks.rend() ? newest->first : 0;
      for (const Target& target : marks.to)
        if (places_[target.place].kind == PlaceKind::Mark && (only == 0 || target.place == only))
          end_mark(caller, state, target.place, where, true);
      check_escapes(caller, state, where);
      break;
    }
    case Effect::Commit:
      for (const Target& target : load(state, object, {}).to) forget_mark(state, target.place);
      for (const Target& target : object.to) state.cells.erase(target.place);
      break;
    case Effect::Speculate:
      speculate(caller, std::move(state), at, object, arguments, out);
      return true;
    case Effect::RunNow: {
      const Value closure = argument(1);
      use_what_it_holds(caller, state, closure, arguments.back());
      std::vector<const clang::Expr*> given;
      // Its parameter is the allocator itself.
      if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at))
        given.push_back(member->getImplicitObjectArgument());
      state.tags.push_back(where);
      States after;
      run_closures(caller, std::move(state), closure, at, given, after);
      for (State& each : after) {
        if (!each.tags.empty()) each.tags.pop_back();
        out.push_back(std::move(each));
      }
      return true;
    }
    case Effect::Owner: {
      Value result;
      for (const PlaceId owner : of()) result.add({owner, 0});
      return give(result);
    }
    case Effect::Arena: {
      Value result;
      // Each thread has one of its own.
      static const char of_thread = 0;
      for (const PlaceId owner : of())
        result.add({places_.place(PlaceKind::Resource, &of_thread, owner, thread_chain_), 0});
      return give(result);
    }
    case Effect::Resource: {
      Value result;
      for (const PlaceId owner : of())
        result.add({places_.place(PlaceKind::Resource, nullptr, owner), 0});
      return give(result);
    }
    case Effect::Unmanaged:
      return give(Value::unknown());
    case Effect::Lasting:
      note_allocation(caller, 0, at);
      return give(Value::of(places_.place(PlaceKind::Lasting, at, 0, caller.chain)));
    case Effect::Free:
      for (const Target& object_freed : argument(0).to)
        std::erase_if(state.cells, [&](const auto& cell) {
          return places_[object_freed.place].kind == PlaceKind::Lasting &&
                 places_.is_below(cell.first, object_freed.place);
        });
      break;
    case Effect::Box: {
      note_allocation(caller, 0, at);
      use_arguments(caller, state, function, arguments);
      const PlaceId made = places_.place(PlaceKind::Local, at, 0, caller.chain);
      std::erase_if(state.cells,
                    [&](const auto& cell) { return places_.is_below(cell.first, made); });
      for (State& after :
           build(caller, std::move(state), made, first_type_of(at->getType()), at, arguments)) {
        state = std::move(after);
        (void)give_held(Value::of(made));
      }
      return true;
    }
    case Effect::Waits:
      if (thread_ == nullptr) join_all(state);
      break;
    case Effect::BarrierWaits:
    case Effect::Arrives:
      meet_at_barrier(caller, state, effect == Effect::BarrierWaits);
      break;
    case Effect::UsesBarrier:
      break;
    case Effect::SetBudget:
      if (thread_ != nullptr) thread_->sets_budget = true;
      break;
    case Effect::ProcessDeferred:
      break;
    case Effect::ConfigureDeferred:
      configure_deferred(caller, state, at, arguments);
      break;
    case Effect::Suspends:
      for (auto& [place, life] : state.lives) {
        if (is_over(state, life) || loans_[place].resolved) continue;
        life.suspended = true;
        life.suspension = where;
      }
      break;
    default:
      return apply_part(caller, state, effect, function, at, object, arguments, out);
  }
  // What has been decided above and gives nothing of interest.
  if (state.values.count(at) == 0) {
    if (model_.kind_of(at->getType()) == Kind::Plain || at->getType()->isVoidType())
      state.values[at] = Value::unknown();
    else
      set_result(caller, state, at, Value::unknown(), at->getType());
  }
  out.push_back(std::move(state));
  return true;
}

}  // namespace fa_check
