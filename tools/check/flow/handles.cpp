// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: which of many handles was freed. Elements of a container are one place, so that their names have to say which
// of them is meant.
#include "facts/related.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace fa_check {
namespace {

// Beside the numbers that a place is known to have.
constexpr std::int64_t kFreedByEachTurn = INT64_MIN;

bool is_in(const clang::Stmt& statement, const clang::Stmt& wanted) {
  return &statement == &wanted ||
         std::any_of(statement.child_begin(), statement.child_end(), [&](const clang::Stmt* child) {
           return child != nullptr && is_in(*child, wanted);
         });
}

}  // namespace

// Result: what frees the handle of the mark, or calls what does, in the function of the call; null when it is not there.
const clang::CallExpr* Solver::freed_by(const Call& call, const State& state, PlaceId mark) const {
  const auto freed = state.cells.find(mark);
  if (freed == state.cells.end()) return nullptr;
  for (const Target& each : freed->second.to) {
    if (places_[each.place].kind != PlaceKind::Mark || places_[each.place].parent != 0) continue;
    const SiteId site = places_[each.place].chain;
    const clang::Stmt* at = places_.expression(site);
    ChainId chain = places_.chain_of(site);
    while (chain != call.chain && chain != 0) {
      at = places_.call_of(chain);
      chain = places_.caller_of(chain);
    }
    if (chain == call.chain) return llvm::dyn_cast_or_null<clang::CallExpr>(at);
  }
  return nullptr;
}

// Whether the expression names another element than the one whose handle was freed.
bool Solver::is_other_entry(const Call& caller, const State& state, PlaceId mark,
                            const clang::Expr* named) const {
  const clang::CallExpr* const free = freed_by(caller, state, mark);
  return free != nullptr && free->getNumArgs() == 1 &&
         are_other_entries(*caller.function->getBody(), *free->getArg(0), *named);
}

// Effect: a container that something is taken out of has no handles any more that were freed: those are
// what is taken out, unless `key` says that it is another element.
void Solver::forget_freed(const Call& caller, State& state, const Value& containers,
                          const clang::ValueDecl* container, const clang::Expr* key) const {
  if (state.ended.empty()) return;
  const auto is_another = [&](PlaceId mark) {
    const clang::CallExpr* const free = freed_by(caller, state, mark);
    return container != nullptr && key != nullptr && free != nullptr && free->getNumArgs() == 1 &&
           !may_name_one_element(*caller.function->getBody(), container, *free->getArg(0), *key);
  };
  for (const Target& of : containers.to) {
    for (auto cell = state.cells.begin(); cell != state.cells.end();) {
      const std::size_t removed = !places_.is_below(cell->first, of.place)
                                      ? 0
                                      : std::erase_if(cell->second.to, [&](const Target& held) {
                                          return places_[held.place].kind == PlaceKind::Mark &&
                                                 std::find(state.ended.begin(), state.ended.end(),
                                                           held.place) != state.ended.end() &&
                                                 !is_another(held.place);
                                        });
      cell = removed != 0 && cell->second.to.empty() ? state.cells.erase(cell) : std::next(cell);
    }
  }
}

// Effect: what was resolved of other elements than the one that is freed is pinned.
void Solver::keep_other_entries(const Call& caller, State& state, const clang::Expr* free,
                                const std::vector<const clang::Expr*>& arguments) const {
  if (arguments.size() != 1 || !llvm::isa<clang::CallExpr>(free)) return;
  for (const auto& [place, life] : state.lives) {
    const Loan* const known = loan(place);
    if (known == nullptr || !known->resolved || places_.chain_of(known->made) != caller.chain)
      continue;
    const auto* const resolved =
        llvm::dyn_cast_or_null<clang::CallExpr>(places_.expression(known->made));
    if (resolved != nullptr && resolved->getNumArgs() == 1 &&
        are_other_entries(*caller.function->getBody(), *resolved->getArg(0), *arguments.front()))
      state.pinned.push_back(place);
  }
}

// Effect: handles that the turn has freed are not those of the next one, where the loop comes to another in each turn.
void Solver::end_turn_of_handles(const Call& call, State& state, const clang::Stmt& loop) const {
  std::erase_if(state.ended, [&](PlaceId mark) {
    if (places_[mark].kind != PlaceKind::Mark) return false;
    const clang::CallExpr* const free = freed_by(call, state, mark);
    if (free == nullptr || !is_in(loop, *free) ||
        !is_given_another_each_turn(*call.function->getBody(), loop, *free))
      return false;
    if (is_on_every_turn(loop, *free)) state.facts[{mark, kFreedByEachTurn}] = true;
    return true;
  });
}

// Effect: handles that each turn of the loop has freed are stale behind it.
void Solver::end_loop_of_handles(const Call& call, State& state, const clang::Stmt& loop) const {
  std::erase_if(state.facts, [&](const auto& fact) {
    if (fact.first.second != kFreedByEachTurn || places_[fact.first.first].kind != PlaceKind::Mark)
      return false;
    const clang::CallExpr* const free = freed_by(call, state, fact.first.first);
    if (free == nullptr || !is_in(loop, *free)) return false;
    insert_sorted(state.ended, fact.first.first);
    return true;
  });
}

}  // namespace fa_check
