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
  std::map<const clang::Stmt*, const clang::CFGBlock*> left_to;  // by loop, where it is left to
  for (const clang::CFGBlock* block : *graph) {
    blocks[block->getBlockID()] = block;
    const clang::Stmt* const loop = block->getTerminatorStmt();
    if (llvm::isa_and_nonnull<clang::CXXForRangeStmt, clang::ForStmt, clang::WhileStmt>(loop) &&
        block->succ_size() == 2)
      left_to[loop] = (block->succ_begin() + 1)->getReachableBlock();
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
        const auto broken =
            std::find_if(moved.visits.begin(), moved.visits.end(), [&](const Visit& visit) {
              const auto left = left_to.find(visit.loop);
              return visit.in_turn && visit.chain == call.chain && visit.loop != terminator &&
                     left != left_to.end() && left->second == target;
            });
        if (broken != moved.visits.end()) break_walk(call, moved, broken->loop);
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

}  // namespace fa_check
