// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: loops over all elements of an array or container. Elements are one place, so what a turn does to its own
// element would be lost among the others: while a turn runs, the place stands for the element of that turn alone, and
// what the others hold is put aside. After the last turn the elements hold what their own turns have left in them; where
// no turn was taken there are none.
#include "facts/ranges.hpp"
#include "facts/whole.hpp"
#include "flow/solver.hpp"

#include <utility>

namespace fa_check {
namespace {

// The part of an entry that a map has its values in; null of other containers.
const clang::FieldDecl* mapped_part(clang::ASTContext& context, clang::QualType container) {
  const clang::CXXRecordDecl* const record = record_of(container);
  if (record == nullptr || !llvm::StringRef(plain_name(*record)).ends_with("map")) return nullptr;
  for (const clang::NamedDecl* found : record->lookup(&context.Idents.get("value_type"))) {
    const auto* const name = llvm::dyn_cast<clang::TypedefNameDecl>(found);
    const clang::CXXRecordDecl* const entry =
        name == nullptr ? nullptr : record_of(name->getUnderlyingType());
    if (entry == nullptr || !entry->hasDefinition()) continue;
    for (const clang::FieldDecl* field : entry->fields())
      if (field->getDeclName().isIdentifier() && field->getName() == "second") return field;
  }
  return nullptr;
}

}  // namespace

// Result: the arrays and containers of which the loop, or what the algorithm calls, visits each element once.
const std::vector<const clang::Expr*>& Solver::walked_by(const Call& call,
                                                         const clang::Stmt& loop) {
  const auto [known, is_new] = walked_.try_emplace(&loop);
  if (!is_new) return known->second;
  std::vector<const clang::Expr*>& found = known->second;
  const clang::Stmt& body = *call.function->getBody();
  if (const auto* algorithm = llvm::dyn_cast<clang::CallExpr>(&loop)) {
    std::vector<const clang::Expr*> arguments(algorithm->arg_begin(), algorithm->arg_end());
    if (llvm::isa<clang::CXXOperatorCallExpr>(algorithm)) arguments.erase(arguments.begin());
    if (const clang::Expr* const container = given_whole(context_, body, arguments))
      found.push_back(container);
  } else {
    found = walked_whole(context_, body, loop);
  }
  // Views may show a part alone, and containers in frame memory hold theirs in memory of its own.
  std::erase_if(found, [&](const clang::Expr* each) {
    const clang::QualType type = each->getType().getNonReferenceType();
    return !extent_of(context_, type) && model_.kind_of(type) != Kind::Container;
  });
  return found;
}

// Result: the place that stands for the elements, or 0 where it is not known whose they are.
PlaceId Solver::elements_walked(const Call& call, State& state, const clang::Expr* container) {
  const Value objects = value(call, state, container);
  if (objects.to.size() != 1 || objects.other) return 0;
  return places_.element(objects.to.front().place);
}

// Whether the value is what one pointer of somebody else leads to: no element, or the one of this turn.
bool Solver::leads_to_one_object(const State& state, const Value& objects) const {
  if (objects.to.size() != 1) return false;
  PlaceId at = places_.root(objects.to.front().place);
  if (places_[at].kind != PlaceKind::Unknown) return false;
  for (at = places_[at].parent; at != 0; at = places_[at].parent)
    if (places_.is_one_of_many(at) && !state.is_visited(at)) return false;
  return true;
}

// Effect: what is below `from` is below `to` too, beside what is there.
void Solver::add_cells(State& state, PlaceId to, PlaceId from) {
  std::vector<std::pair<PlaceId, Value>> cells;
  for (const auto& [place, held] : state.cells)
    if (places_.is_below(place, from)) cells.emplace_back(places_.moved(place, from, to), held);
  for (const auto& [place, held] : cells) {
    const auto [cell, is_new] = state.cells.try_emplace(place, held);
    if (!is_new) cell->second.join(held);
  }
}

// Effect: what is below `from` is below `to`, where one of them may be a part of the other.
void Solver::move_cells(State& state, PlaceId to, PlaceId from) {
  std::vector<std::pair<PlaceId, Value>> cells;
  const bool is_part = places_.is_below(to, from);
  std::erase_if(state.cells, [&](const auto& cell) {
    if (!places_.is_below(cell.first, from) || (is_part && places_.is_below(cell.first, to)))
      return false;
    cells.emplace_back(places_.moved(cell.first, from, to), cell.second);
    return true;
  });
  for (const auto& [place, held] : cells) {
    const auto [cell, is_new] = state.cells.try_emplace(place, held);
    if (!is_new) cell->second.join(held);
  }
}

void Solver::erase_cells(State& state, PlaceId place) {
  std::erase_if(state.cells, [&](const auto& cell) { return places_.is_below(cell.first, place); });
}

// Effect: the container has nothing any more. An element and what is in it are one place.
void Solver::erase_inside(State& state, PlaceId container) {
  const bool is_alone = state.is_visited(container);
  std::erase_if(state.cells, [&](const auto& cell) {
    return (is_alone || cell.first != container) && places_.is_below(cell.first, container);
  });
}

void Solver::begin_turn(const Call& call, State& state, const clang::Stmt& loop) {
  std::uint32_t number = 1;
  for (const clang::Expr* container : walked_by(call, loop)) {
    const PlaceId elements = elements_walked(call, state, container);
    const PlaceId others = places_.place(PlaceKind::Local, &loop, 0, call.chain, number++);
    const PlaceId done = places_.place(PlaceKind::Local, &loop, 0, call.chain, number++);
    if (elements == 0 || state.is_visited(elements)) continue;
    std::erase_if(state.visits, [&](const Visit& visit) { return visit.done == done; });
    // operator[] leads to entries, walks to their parts.
    const clang::FieldDecl* const part =
        mapped_part(context_, container->getType().getNonReferenceType());
    const PlaceId value = part == nullptr ? 0 : places_.field(elements, part);
    state.visits.push_back({&loop, call.chain, elements, others, done, value, true});
    erase_cells(state, others);
    add_cells(state, others, elements);
    if (value != 0) move_cells(state, value, elements);
  }
}

void Solver::end_turn(const Call& call, State& state, const clang::Stmt& loop) {
  for (Visit& visit : state.visits) {
    if (visit.loop != &loop || visit.chain != call.chain || !visit.in_turn) continue;
    visit.in_turn = false;
    if (visit.value != 0) move_cells(state, visit.element, visit.value);
    add_cells(state, visit.done, visit.element);
    erase_cells(state, visit.element);
    add_cells(state, visit.element, visit.others);
    erase_cells(state, visit.others);
  }
}

void Solver::end_walk(const Call& call, State& state, const clang::Stmt& loop) {
  for (const clang::Expr* container : walked_by(call, loop)) {
    const PlaceId elements = elements_walked(call, state, container);
    if (elements == 0 || state.is_visited(elements)) continue;
    erase_cells(state, elements);
    bool is_empty = true;
    for (const Visit& visit : state.visits) {
      if (visit.loop != &loop || visit.chain != call.chain || visit.element != elements) continue;
      add_cells(state, elements, visit.done);
      erase_cells(state, visit.done);
      is_empty = false;
    }
    if (!is_empty) continue;
    // Nor is there anything that elements point at.
    std::erase_if(state.cells, [&](const auto& cell) {
      const PlaceData& object = places_[places_.root(cell.first)];
      return object.kind == PlaceKind::Unknown && places_.is_below(object.parent, elements);
    });
  }
  std::erase_if(state.visits, [&](const Visit& visit) {
    return visit.loop == &loop && visit.chain == call.chain;
  });
}

// Effect: the loop is left in a turn; null: all loops of the call.
void Solver::break_walk(const Call& call, State& state, const clang::Stmt* loop) {
  std::erase_if(state.visits, [&](const Visit& visit) {
    if ((loop != nullptr && visit.loop != loop) || visit.chain != call.chain) return false;
    if (visit.in_turn && visit.value != 0) move_cells(state, visit.element, visit.value);
    for (const PlaceId rest : {visit.others, visit.done}) {
      add_cells(state, visit.element, rest);
      erase_cells(state, rest);
    }
    return true;
  });
}

}  // namespace fa_check
