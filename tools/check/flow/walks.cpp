// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: loops over all elements of an array or container. Elements are one place, so what a turn does to its own
// element would be lost among the others: while a turn runs, the place stands for the element of that turn alone, and
// what the others hold is put aside. After the last turn the elements hold what their own turns have left in them; where
// no turn was taken there are none.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <utility>

namespace fa_check {
namespace {

// A variable, a member of this, or a member of one of them: what stays the same object from turn to turn.
bool is_path(const clang::Expr* expression) {
  expression = expression->IgnoreParenImpCasts();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(expression))
    return llvm::isa<clang::FieldDecl>(e->getMemberDecl()) && is_path(e->getBase());
  return llvm::isa<clang::DeclRefExpr, clang::CXXThisExpr>(expression);
}

bool is_same_path(const clang::Expr* a, const clang::Expr* b) {
  a = a->IgnoreParenImpCasts();
  b = b->IgnoreParenImpCasts();
  if (const auto* e = llvm::dyn_cast<clang::MemberExpr>(a)) {
    const auto* const other = llvm::dyn_cast<clang::MemberExpr>(b);
    return other != nullptr && e->getMemberDecl() == other->getMemberDecl() &&
           is_same_path(e->getBase(), other->getBase());
  }
  if (const auto* e = llvm::dyn_cast<clang::DeclRefExpr>(a)) {
    const auto* const other = llvm::dyn_cast<clang::DeclRefExpr>(b);
    return other != nullptr && e->getDecl() == other->getDecl();
  }
  return llvm::isa<clang::CXXThisExpr>(a) && llvm::isa<clang::CXXThisExpr>(b);
}

// Result: how many elements an array or std::array has.
std::optional<std::uint64_t> extent_of(const clang::ASTContext& context, clang::QualType type) {
  if (const auto* array = context.getAsConstantArrayType(type)) return array->getZExtSize();
  const clang::CXXRecordDecl* const record = record_of(type);
  const auto* const instance =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record);
  if (instance == nullptr || plain_name(*instance) != "std::array") return std::nullopt;
  return instance->getTemplateArgs()[1].getAsIntegral().getZExtValue();
}

// The containers that a counting loop goes through from the first element to the last.
struct Subscripts : clang::RecursiveASTVisitor<Subscripts> {
  Subscripts(const clang::ASTContext& of, const LoopTurns& loop) : context(of), turns(loop) {}

  bool VisitArraySubscriptExpr(clang::ArraySubscriptExpr* e) {
    note(e->getBase(), e->getIdx());
    return true;
  }
  bool VisitCXXOperatorCallExpr(clang::CXXOperatorCallExpr* e) {
    if (e->getOperator() == clang::OO_Subscript && e->getNumArgs() == 2)
      note(e->getArg(0), e->getArg(1));
    return true;
  }
  void note(const clang::Expr* container, const clang::Expr* index) {
    const auto* const counter = llvm::dyn_cast<clang::DeclRefExpr>(index->IgnoreParenImpCasts());
    container = container->IgnoreParenImpCasts();
    if (counter == nullptr || counter->getDecl() != turns.counter || !is_path(container)) return;
    for (const clang::Expr* each : found)
      if (is_same_path(each, container)) return;
    const auto extent = extent_of(context, container->getType());
    bool is_whole = extent && turns.number && *extent == *turns.number;
    if (const auto* asked =
            llvm::dyn_cast<clang::CXXMemberCallExpr>(turns.bound->IgnoreParenImpCasts()))
      is_whole = is_whole || (name_of(asked->getMethodDecl()) == "size" &&
                              is_same_path(asked->getImplicitObjectArgument(), container));
    if (is_whole) found.push_back(container);
  }

  const clang::ASTContext& context;
  const LoopTurns& turns;
  std::vector<const clang::Expr*> found;
};

}  // namespace

// Result: the arrays and containers of which the loop visits each element once.
const std::vector<const clang::Expr*>& Solver::walked_by(const clang::Stmt& loop) {
  const auto [known, is_new] = walked_.try_emplace(&loop);
  if (!is_new) return known->second;
  if (const auto* walk = llvm::dyn_cast<clang::CXXForRangeStmt>(&loop)) {
    const clang::Expr* const range = walk->getRangeInit();
    if (range != nullptr && range->isGLValue() && is_path(range)) known->second.push_back(range);
  } else if (const auto* counting = llvm::dyn_cast<clang::ForStmt>(&loop)) {
    const LoopTurns turns = turns_of(context_, loop);
    if (turns.counter != nullptr && turns.bound != nullptr) {
      Subscripts visitor(context_, turns);
      visitor.TraverseStmt(const_cast<clang::Stmt*>(counting->getBody()));
      known->second = std::move(visitor.found);
    }
  }
  // Views may show a part alone, and containers in frame memory hold theirs in memory of its own.
  std::erase_if(known->second, [&](const clang::Expr* each) {
    const clang::QualType type = each->getType().getNonReferenceType();
    return !extent_of(context_, type) && model_.kind_of(type) != Kind::Container;
  });
  return known->second;
}

// Result: the place that stands for the elements, or 0 where it is not known whose they are.
PlaceId Solver::elements_walked(const Call& call, State& state, const clang::Expr* container) {
  const Value objects = value(call, state, container);
  if (objects.to.size() != 1 || objects.other) return 0;
  return places_.element(objects.to.front().place);
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
  for (const clang::Expr* container : walked_by(loop)) {
    const PlaceId elements = elements_walked(call, state, container);
    const PlaceId others = places_.place(PlaceKind::Local, &loop, 0, call.chain, number++);
    const PlaceId done = places_.place(PlaceKind::Local, &loop, 0, call.chain, number++);
    if (elements == 0 || state.is_visited(elements)) continue;
    std::erase_if(state.visits, [&](const Visit& visit) { return visit.done == done; });
    state.visits.push_back({&loop, call.chain, elements, others, done, true});
    erase_cells(state, others);
    add_cells(state, others, elements);
  }
}

void Solver::end_turn(const Call& call, State& state, const clang::Stmt& loop) {
  for (Visit& visit : state.visits) {
    if (visit.loop != &loop || visit.chain != call.chain || !visit.in_turn) continue;
    visit.in_turn = false;
    add_cells(state, visit.done, visit.element);
    erase_cells(state, visit.element);
    add_cells(state, visit.element, visit.others);
    erase_cells(state, visit.others);
  }
}

void Solver::end_walk(const Call& call, State& state, const clang::Stmt& loop) {
  for (const clang::Expr* container : walked_by(loop)) {
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
    for (const PlaceId rest : {visit.others, visit.done}) {
      add_cells(state, visit.element, rest);
      erase_cells(state, rest);
    }
    return true;
  });
}

}  // namespace fa_check
