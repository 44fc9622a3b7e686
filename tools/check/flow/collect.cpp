// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: what a value leads to. Loans that nothing leads to any more are forgotten, so that paths
// that differ in nothing else are one, and joined paths do not take the end of one loan for that of
// another.
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// Effect: forgets temporaries that nothing refers to, so that paths which differ in them alone are one.
void forget_temporaries(const Places& places, const Call& call, State& state) {
  std::vector<PlaceId> used;
  const auto note_place = [&](PlaceId place) {
    const PlaceId root = places.root(place);
    if (places[root].kind == PlaceKind::Temporary) used.push_back(root);
  };
  const auto note = [&](const Value& value) {
    for (const Target& target : value.to) note_place(target.place);
  };
  bool any = false;
  for (const auto& [place, held] : state.cells) {
    any = any || places[places.root(place)].kind == PlaceKind::Temporary;
    for (const Target& target : held.to)
      if (places.root(target.place) != places.root(place)) note_place(target.place);
  }
  if (!any) return;
  for (const auto& [expression, held] : state.values) note(held);
  for (const Call* at = &call; at != nullptr; at = at->caller) {
    note_place(at->self);
    if (at->outer != nullptr)
      for (const auto& [expression, held] : *at->outer) note(held);
  }
  for (const Running& running : state.running) {
    note_place(running.handle);
    note_place(running.published);
  }
  std::sort(used.begin(), used.end());
  std::erase_if(state.cells, [&](const auto& cell) {
    const PlaceId root = places.root(cell.first);
    return places[root].kind == PlaceKind::Temporary &&
           !std::binary_search(used.begin(), used.end(), root);
  });
}

// Effect: forgets that marks have ended which nothing holds any more: on a path that frees what a variable
// holds and gives it another, the first is not what the variable has on the paths that it joins.
void forget_marks(const Places& places, const Call& call, State& state) {
  if (state.ended.empty()) return;
  std::vector<PlaceId> held;
  const auto note = [&](const Value& value) {
    for (const Target& target : value.to)
      if (places[target.place].kind == PlaceKind::Mark) held.push_back(target.place);
  };
  for (const auto& [place, value] : state.cells) note(value);
  for (const auto& [expression, value] : state.values) note(value);
  for (const Call* at = &call; at != nullptr; at = at->caller)
    if (at->outer != nullptr)
      for (const auto& [expression, value] : *at->outer) note(value);
  for (const auto& [place, life] : state.lives)
    held.insert(held.end(), life.since.begin(), life.since.end());
  for (const auto& [mark, owner] : state.marks) held.push_back(mark);
  std::sort(held.begin(), held.end());
  std::erase_if(state.ended, [&](PlaceId mark) {
    if (places[mark].kind != PlaceKind::Mark || std::binary_search(held.begin(), held.end(), mark))
      return false;
    state.cells.erase(mark);
    return true;
  });
}

}  // namespace

void Solver::reach_place(State& state, PlaceId place, std::set<PlaceId>& loans, unsigned depth) {
  if (depth > 5) return;
  std::vector<Value> values;
  for (const auto& [at, held] : state.cells)
    if (!held.to.empty() && places_.is_below(at, place)) values.push_back(held);
  for (const Value& held : values) reach(state, held, loans, depth + 1);
}

void Solver::reach(State& state, const Value& value, std::set<PlaceId>& loans, unsigned depth) {
  if (depth > 5) return;
  for (const Target& target : value.to) {
    const PlaceId root = places_.root(target.place);
    const PlaceKind kind = places_[root].kind;
    if (kind == PlaceKind::Memory) {
      if (state.lives.count(root) != 0 && loans.insert(root).second)
        reach_place(state, root, loans, depth);
    } else if (kind == PlaceKind::Local || kind == PlaceKind::Temporary ||
               kind == PlaceKind::Lasting) {
      reach_place(state, target.place, loans, depth);
    }
  }
}

void Solver::forget_turn(const Call& call, State& state, const clang::Stmt& loop) const {
  const clang::Stmt* body = nullptr;
  const clang::VarDecl* of_turn = nullptr;
  if (const auto* e = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    body = e->getBody();
    of_turn = e->getConditionVariable();
  } else if (const auto* walk = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop)) {
    body = walk->getBody();
    of_turn = walk->getLoopVariable();
  } else if (const auto* other = llvm::dyn_cast<clang::WhileStmt>(&loop)) {
    body = other->getBody();
    of_turn = other->getConditionVariable();
  } else if (const auto* last = llvm::dyn_cast<clang::DoStmt>(&loop)) {
    body = last->getBody();
  }
  if (body == nullptr) return;
  if (!state.ended.empty()) end_turn_of_handles(call, state, loop);
  const clang::SourceManager& sources = context_.getSourceManager();
  const clang::SourceLocation begin = sources.getExpansionLoc(body->getBeginLoc());
  const clang::SourceLocation end = sources.getExpansionLoc(body->getEndLoc());
  std::erase_if(state.cells, [&](const auto& cell) {
    const PlaceData& root = places_[places_.root(cell.first)];
    if (root.kind != PlaceKind::Local || root.chain != call.chain || !bodies_.is_variable(root.key))
      return false;
    const auto* const variable = static_cast<const clang::VarDecl*>(root.key);
    const clang::SourceLocation place = sources.getExpansionLoc(variable->getLocation());
    return variable == of_turn || (begin <= place && place <= end);
  });
}

void Solver::collect(const Call& call, State& state) const {
  forget_temporaries(places_, call, state);
  forget_marks(places_, call, state);
  if (state.lives.empty()) return;
  std::vector<PlaceId> found;  // loans that are reached; sorted once all are there
  std::vector<std::pair<PlaceId, const Value*>> inside;  // cells in memory of loans
  const auto note = [&](const Value& value) {
    for (const Target& target : value.to) {
      const PlaceId root = places_.root(target.place);
      if (places_[root].kind == PlaceKind::Memory) found.push_back(root);
    }
  };
  for (const auto& [place, value] : state.cells) {
    if (value.to.empty()) continue;
    const PlaceId root = places_.root(place);
    if (places_[root].kind == PlaceKind::Memory)
      inside.emplace_back(root, &value);
    else
      note(value);
  }
  for (const auto& [expression, value] : state.values) note(value);
  for (const Call* at = &call; at != nullptr; at = at->caller)
    if (at->outer != nullptr)
      for (const auto& [expression, value] : *at->outer) note(value);
  for (const Running& running : state.running)
    found.insert(found.end(), running.reaches.begin(), running.reaches.end());
  found.insert(found.end(), state.pinned.begin(), state.pinned.end());
  const auto settle = [&] {
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
  };
  settle();
  // What reached memory holds is reached.
  while (!inside.empty()) {
    const std::size_t before = found.size();
    const std::vector<PlaceId> known = found;
    std::erase_if(inside, [&](const auto& each) {
      if (!std::binary_search(known.begin(), known.end(), each.first)) return false;
      note(*each.second);
      return true;
    });
    settle();
    if (found.size() == before) break;
  }
  const auto is_lost = [&](PlaceId memory) {
    return !std::binary_search(found.begin(), found.end(), memory);
  };
  if (std::erase_if(state.lives, [&](const auto& life) { return is_lost(life.first); }) == 0)
    return;
  std::erase_if(state.cells, [&](const auto& cell) {
    const PlaceId root = places_.root(cell.first);
    return places_[root].kind == PlaceKind::Memory && is_lost(root);
  });
}

// Whether the place is of one object throughout: this, a variable of static storage, what a parameter
// refers to; and no element of it.
bool Solver::is_one_object(PlaceId place) const {
  while (places_[place].kind == PlaceKind::Field) place = places_[place].parent;
  const PlaceKind kind = places_[place].kind;
  if (kind != PlaceKind::Unknown) return kind == PlaceKind::This || kind == PlaceKind::Global;
  const PlaceData& holder = places_[places_[place].parent];
  return holder.kind == PlaceKind::Local && bodies_.is_variable(holder.key) &&
         static_cast<const clang::VarDecl*>(holder.key)->getType()->isReferenceType();
}

}  // namespace fa_check
