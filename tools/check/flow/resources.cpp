// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: memory resources and allocators of std that stand on a frame, and what is taken from them.
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <vector>

namespace fa_check {

bool is_resource_class(clang::QualType type) {
  const clang::CXXRecordDecl* const record =
      record_of(type->isPointerType() ? type->getPointeeType() : type);
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  return llvm::StringRef(name).starts_with("std::pmr::") &&
         llvm::StringRef(name).ends_with("_resource");
}

bool Solver::is_memory(PlaceId place) const {
  return places_[places_.root(place)].kind == PlaceKind::Memory;
}

// Result: what `pointed` points at; a resource that stands on one of the frame is that one, and one on
// a buffer of the frame is that buffer.
Value Solver::resources(const State& state, clang::QualType type, const Value& pointed) const {
  if (!is_resource_class(type)) return pointed;
  Value result;
  result.null = pointed.null;
  result.other = pointed.other;
  for (const Target& target : pointed.to) {
    const auto cell = state.cells.find(target.place);
    bool stands = false;
    if (cell != state.cells.end())
      for (const Target& below : cell->second.to) {
        if (places_[below.place].kind != PlaceKind::Resource && !is_memory(below.place)) continue;
        result.add(below);
        stands = true;
      }
    if (!stands) result.add(target);
  }
  return result;
}

// Effect: if an object of `from` is a resource or an allocator on a frame, the call `at` makes memory of that frame;
// if it is one on a buffer, a part of that. Result: whether it is.
bool Solver::take_from_resource(const Call& caller, State& state,
                                const clang::FunctionDecl* function, const clang::Expr* at,
                                const Value& from) {
  std::vector<PlaceId> of;
  Value part;
  const auto add = [&](PlaceId place) {
    if (places_[place].kind == PlaceKind::Resource) of.push_back(places_[place].parent);
  };
  for (const Target& target : from.to) {
    add(target.place);
    const auto cell = state.cells.find(target.place);
    if (cell == state.cells.end()) continue;
    for (const Target& below : cell->second.to) {
      add(below.place);
      if (is_memory(below.place)) part.add(below);
    }
  }
  if (of.empty() && part.to.empty()) return false;
  if (of.empty()) {
    state.values[at] = std::move(part);
    return true;
  }
  Loan loan;
  loan.made = site(caller, at);
  loan.maker = function;
  loan.type = at->getType();
  loan.on_thread = caller.on_thread;
  tell_of_coroutine(caller, state, at, of.front());
  state.values[at] = issue(caller, state, of, at, loan);
  return true;
}

}  // namespace fa_check
