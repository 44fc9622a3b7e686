// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/solver.hpp"

#include "flow/throws.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace fa_check {
namespace {

// Statements run for one function that the analysis begins in; beyond, it gives up.
constexpr unsigned kMaxSteps = 1'000'000;
// Turns of a loop after which its states are joined into one.
constexpr unsigned kMaxVisits = 24;

// The local variable whose object the statement hands to the caller, or null.
const clang::VarDecl* returned_variable(const clang::ReturnStmt& statement) {
  if (statement.getNRVOCandidate() != nullptr) return statement.getNRVOCandidate();
  const clang::Expr* value = statement.getRetValue();
  if (value == nullptr) return nullptr;
  const auto* const made = llvm::dyn_cast<clang::CXXConstructExpr>(value->IgnoreImplicit());
  if (made == nullptr || made->getNumArgs() == 0 || !made->getConstructor()->isMoveConstructor())
    return nullptr;
  const auto* const name =
      llvm::dyn_cast<clang::DeclRefExpr>(made->getArg(0)->IgnoreParenImpCasts());
  return name == nullptr ? nullptr : llvm::dyn_cast<clang::VarDecl>(name->getDecl());
}

// Whether the parameter of the type is a view of objects of somebody else.
bool is_span(clang::QualType type) {
  const clang::CXXRecordDecl* const record = type->isReferenceType() ? nullptr : record_of(type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return name == "std::span" || name == "framealloc::FrameSlice";
}

// Whether what the loop goes through is an array, which has elements.
bool has_elements(const clang::ASTContext& context, const clang::CXXForRangeStmt& walk) {
  const clang::Expr* const range = walk.getRangeInit();
  if (range == nullptr || range->getType().isNull()) return false;
  const auto* const array = context.getAsConstantArrayType(range->getType().getNonReferenceType());
  return array != nullptr && array->getZExtSize() > 0;
}

}  // namespace

void Solver::add_state(States& states, State state, bool& changed) const {
  for (State& each : states) {
    if (!each.same_as(state)) continue;
    changed = each.join_values(state) || changed;
    return;
  }
  if (states.size() < std::max(1U, settings_.max_states)) {
    states.push_back(std::move(state));
    changed = true;
    return;
  }
  State* nearest = &states.front();
  unsigned best = ~0U;
  for (State& each : states) {
    const unsigned distance = each.distance(state);
    if (distance < best) {
      best = distance;
      nearest = &each;
    }
  }
  changed = nearest->join(state) || changed;
}

// --- Blocks -------------------------------------------------------------------------------------

void Solver::run_block(const Call& call, const clang::CFGBlock& block, States& states,
                       States& thrown) {
  const clang::VarDecl* returned = nullptr;
  unsigned place = 0;
  for (const clang::CFGElement& element : block) {
    if (states.empty()) return;
    steps_ += static_cast<unsigned>(states.size());
    ++place;
    if (steps_ > kMaxSteps) {
      gave_up_ = true;
      return;
    }
    if (const auto statement = element.getAs<clang::CFGStmt>()) {
      if (const auto* e = llvm::dyn_cast<clang::ReturnStmt>(statement->getStmt()))
        returned = returned_variable(*e);
      // A call that throws did none of what it does, as far as that is in sight.
      if (place == block.size() && is_exceptional(block, 1) && !never_throws(statement->getStmt()))
        thrown = states;
      step(call, statement->getStmt(), states);
      take_thrown(states, thrown);
    } else if (const auto init = element.getAs<clang::CFGInitializer>()) {
      const clang::CXXCtorInitializer* const initializer = init->getInitializer();
      for (State& state : states) {
        if (call.self == 0 || initializer->getInit() == nullptr) continue;
        if (const clang::FieldDecl* field = initializer->getAnyMember()) {
          store_into(call, state, places_.field(call.self, field), field->getType(),
                     initializer->getInit(), site(call, initializer->getInit()));
          if (model_.kind_of(field->getType()) == Kind::Allocator) {
            // What other methods of the class know of it.
            for (const PlaceId owner : owners(state, Value::of(places_.field(call.self, field)))) {
              const auto known = in_flight_.find(owner);
              if (known == in_flight_.end()) continue;
              unsigned& frames = frames_of_declaration_[field->getCanonicalDecl()];
              frames = std::max(frames, known->second);
            }
          }
        } else if (initializer->isBaseInitializer() || initializer->isDelegatingInitializer()) {
          const clang::QualType type = initializer->getInit()->getType();
          for (const Target& object : value(call, state, initializer->getInit()).to)
            if (object.place != call.self)
              copy(state, call.self, object.place, type, site(call, initializer->getInit()), true);
        }
      }
    } else {
      end_object(call, element, returned, states);
    }
  }
}

Solver::States Solver::run(const Call& call, States entry) {
  const clang::CFG* const graph = bodies_.graph(*call.function);
  if (graph == nullptr) return entry;
  std::map<unsigned, States> waiting;  // not yet run, by block
  std::map<unsigned, States> seen;
  std::map<unsigned, unsigned> visits;
  // Blocks are numbered from the exit: running the highest first is close to the order of loops.
  std::set<unsigned, std::greater<>> work;
  std::map<unsigned, const clang::CFGBlock*> blocks;
  std::map<const clang::CFGBlock*, const clang::Stmt*> left_loops;  // by where they are left to
  for (const clang::CFGBlock* block : *graph) {
    blocks[block->getBlockID()] = block;
    const clang::Stmt* const loop = block->getTerminatorStmt();
    if (llvm::isa_and_nonnull<clang::CXXForRangeStmt, clang::ForStmt>(loop) &&
        block->succ_size() == 2)
      if (const clang::CFGBlock* after = (block->succ_begin() + 1)->getReachableBlock())
        left_loops[after] = loop;
  }
  const unsigned first = graph->getEntry().getBlockID();
  const unsigned last = graph->getExit().getBlockID();
  waiting[first] = std::move(entry);
  work.insert(first);
  States exits;
  while (!work.empty() && !gave_up_) {
    const unsigned id = *work.begin();
    work.erase(work.begin());
    States states = std::move(waiting[id]);
    waiting[id].clear();
    const clang::CFGBlock& block = *blocks[id];
    States thrown;
    run_block(call, block, states, thrown);
    if (!thrown.empty() && !is_exceptional(block, 1)) {
      // A constructor threw.
      const clang::CFGBlock* const handlers = handlers_around(*graph, *call.function, block);
      if (handlers == nullptr) {
        leave_by_exception(call, std::move(thrown), exits);
      } else {
        const unsigned there = handlers->getBlockID();
        for (State& state : thrown) {
          unwind(call, state, handlers->getTerminatorStmt());
          collect(call, state);
          bool changed = false;
          add_state(seen[there], std::move(state), changed);
          if (changed && ++visits[there] <= 200) {
            waiting[there] = seen[there];
            work.insert(there);
          }
        }
      }
    }
    // Nobody comes back from there.
    if (block.hasNoReturnElement()) continue;
    if (id == last) {
      bool changed = false;
      for (State& state : states) {
        break_walk(call, state, nullptr);
        add_state(exits, std::move(state), changed);
      }
      continue;
    }
    // The value of a return statement, before the objects of the function are destroyed.
    for (const clang::CFGElement& element : block) {
      const auto statement = element.getAs<clang::CFGStmt>();
      if (!statement) continue;
      const clang::Expr* given = nullptr;
      if (const auto* e = llvm::dyn_cast<clang::ReturnStmt>(statement->getStmt()))
        given = e->getRetValue();
      if (const auto* e = llvm::dyn_cast<clang::CoreturnStmt>(statement->getStmt()))
        given = e->getOperand();
      if (given == nullptr) continue;
      for (State& state : states) {
        Value value = this->value(call, state, given);
        if (call.function->getReturnType()->isReferenceType() == false &&
            !model_.can_hold(call.function->getReturnType()) &&
            model_.kind_of(call.function->getReturnType()) == Kind::Plain) {
          value.to.clear();
        }
        const SiteId where = site(call, given);
        for (Target& target : value.to) target.stored = where;
        state.values[call.function->getBody()] = value;
      }
    }
    const clang::Stmt* const terminator = block.getTerminatorStmt();
    const bool branches = block.succ_size() == 2 && terminator != nullptr &&
                          !llvm::isa<clang::SwitchStmt>(terminator) &&
                          block.getTerminatorCondition() != nullptr;
    const auto* const condition =
        llvm::dyn_cast_or_null<clang::Expr>(block.getTerminatorCondition());
    unsigned edge = 0;
    for (const clang::CFGBlock::AdjacentBlock& next : block.succs()) {
      const unsigned index = edge++;
      const clang::CFGBlock* const target = next.getReachableBlock();
      if (target == nullptr) continue;
      const bool of_call = is_exceptional(block, index);
      const bool throws = of_call || leads_out(block, *target, last);
      if (throws && target->getBlockID() == last) {
        leave_by_exception(call, of_call ? std::move(thrown) : states, exits);
        continue;
      }
      States& all = seen[target->getBlockID()];
      States& fresh = waiting[target->getBlockID()];
      for (const State& state : of_call ? thrown : states) {
        State moved = state;
        if (throws) unwind(call, moved, target->getTerminatorStmt());
        if (branches && condition != nullptr && !refine(call, moved, condition, index == 0))
          continue;
        const auto* const walk = llvm::dyn_cast_or_null<clang::CXXForRangeStmt>(terminator);
        if (walk != nullptr && has_elements(context_, *walk)) {
          // It is not left before its first turn.
          const PlaceId turned = places_.place(PlaceKind::Temporary, walk, 0, call.chain);
          if (index == 0)
            moved.facts[{turned, 1}] = true;
          else if (moved.facts.erase({turned, 1}) == 0)
            continue;
        }
        if (branches && terminator != nullptr)
          index == 0 ? begin_turn(call, moved, *terminator) : end_walk(call, moved, *terminator);
        if (branches && index == 1) leave_loop(call, moved, terminator);
        if (branches && index == 1) end_loop_of_handles(call, moved, *terminator);
        if (const auto* choice = llvm::dyn_cast_or_null<clang::SwitchStmt>(terminator)) {
          const auto* label = llvm::dyn_cast_or_null<clang::CaseStmt>(target->getLabel());
          if (label != nullptr && label->getRHS() == nullptr &&
              !refine_equal(call, moved, choice->getCond(), label->getLHS(), true))
            continue;
        }
        if (const auto* pick =
                llvm::dyn_cast_or_null<clang::AbstractConditionalOperator>(terminator)) {
          moved.values.erase(pick->getTrueExpr());
          moved.values.erase(pick->getFalseExpr());
          // Which of its values it has is remembered until it is taken.
          if (branches && !pick->getType()->isFloatingType())
            moved.facts[{temporary(call, pick), 0}] = index == 0;
        }
        if (const auto left = left_loops.find(target); left != left_loops.end())
          if (terminator != left->second) break_walk(call, moved, left->second);
        if (block.getLoopTarget() != nullptr) {
          end_turn(call, moved, *block.getLoopTarget());
          forget_turn(call, moved, *block.getLoopTarget());
        }
        // No expression goes on over the end of a turn.
        if (target->getBlockID() >= id) moved.values.clear();
        decide_logical(call, moved, block, *target, index);
        collect(call, moved);
        bool changed = false;
        const std::size_t before = all.size();
        if (visits[target->getBlockID()] > kMaxVisits && !all.empty()) {
          // A loop that does not settle: one state for all.
          for (std::size_t i = 1; i < all.size(); ++i)
            changed = all.front().join(all[i]) || changed;
          all.resize(1);
          changed = all.front().join(moved) || changed;
          if (changed) fresh = {all.front()};
        } else {
          add_state(all, std::move(moved), changed);
          if (!changed) continue;
          if (all.size() > before) {
            fresh.push_back(all.back());
          } else {
            fresh = all;  // one of them has grown
          }
        }
        if (changed) work.insert(target->getBlockID());
      }
      if (work.count(target->getBlockID()) != 0 && ++visits[target->getBlockID()] > 200) {
        gave_up_ = true;
        break;
      }
    }
  }
  return exits;
}

// --- Functions ----------------------------------------------------------------------------------

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
  for (const clang::FunctionDecl* follower : followers) {
    if (!keeps && !bodies_.has(*follower, Effect::EndFrame)) continue;
    States entry;
    for (State state : exits) {
      std::erase_if(state.cells, [&](const auto& cell) { return !is_outside(cell.first); });
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
