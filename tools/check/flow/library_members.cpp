// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: members of the classes of std and of the library: what they read, keep and hand out.
#include "facts/changes.hpp"
#include "facts/comparison.hpp"
#include "facts/ranges.hpp"
#include "facts/whole.hpp"
#include "flow/arguments.hpp"
#include "flow/names.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

bool looks_only(llvm::StringRef name) {
  return is_one_of(
      name, {"data",     "size",      "empty",     "get",     "subspan",  "first",       "last",
             "length",   "has_value", "use_count", "valid",   "capacity", "is_attached", "id",
             "subslice", "span",      "as_span",   "release", "reset",    "swap",        "clear"});
}

bool adds(llvm::StringRef name) {
  return is_one_of(name, {"push_back",
                          "emplace_back",
                          "insert",
                          "emplace",
                          "append",
                          "resize",
                          "assign",
                          "push_front",
                          "emplace_front",
                          "push",
                          "insert_or_assign",
                          "try_emplace",
                          "get_or_insert",
                          "extend_from_iter",
                          "append_range",
                          "extend",
                          "reserve",
                          "push_back_unchecked",
                          "try_push",
                          "store",
                          "exchange",
                          "replace",
                          "emplace_hint",
                          "insert_range",
                          "fill"});
}

// Whether the container looks at the text of the keys that it has to find a place for another one.
bool compares_text(const clang::CXXRecordDecl& container) {
  const std::string name = plain_name(container);
  const llvm::StringRef kind(name);
  const bool is_set = kind.starts_with("std::") && kind.ends_with("set");
  const bool is_map = kind.starts_with("std::") && kind.ends_with("map");
  const auto* const instance = llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(&container);
  if (instance == nullptr || (!is_set && !is_map)) return false;
  const auto is_plain_type = [&](unsigned index, bool wanted_text) {
    const clang::TemplateArgument& given = instance->getTemplateArgs()[index];
    if (given.getKind() != clang::TemplateArgument::Type) return false;
    const clang::CXXRecordDecl* const record = record_of(given.getAsType());
    return wanted_text ? record != nullptr && plain_name(*record) == "std::basic_string_view"
                       : given.getAsType()->isArithmeticType();
  };
  return is_plain_type(0, true) && (is_set || is_plain_type(1, false));
}

}  // namespace

// The first field of a std::pair of an iterator and a flag, as insert() and emplace() return it; else null.
const clang::FieldDecl* Solver::iterator_in_pair(clang::QualType type) {
  const auto* const record =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(record_of(type));
  if (record == nullptr || !record->hasDefinition() || plain_name(*record) != "std::pair" ||
      model_.kind_of(first_type_of(type)) != Kind::View)
    return nullptr;
  const clang::TemplateArgument& second = record->getTemplateArgs()[1];
  if (second.getKind() != clang::TemplateArgument::Type || !second.getAsType()->isBooleanType())
    return nullptr;
  const auto first = record->field_begin();
  return first == record->field_end() ? nullptr : *first;
}

// Whether nothing that the container had before stays in it.
bool Solver::is_emptied_by(const Call& caller, llvm::StringRef name, const clang::Expr* at,
                           const std::vector<const clang::Expr*>& arguments) const {
  if (is_one_of(name, {"clear", "reset"})) return arguments.empty();
  if (is_one_of(name, {"assign", "assign_range", "fill"})) return !arguments.empty();
  if (name == "resize") return !arguments.empty() && constant_of(context_, arguments.front()) == 0;
  const auto* const member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
  if (name != "erase" || arguments.size() != 2 || member == nullptr) return false;
  const clang::Expr* const all = given_whole(context_, *caller.function->getBody(), arguments);
  return all != nullptr && named_by(all) != nullptr &&
         named_by(all) == named_by(member->getImplicitObjectArgument());
}

// Effect: the container has no longer what the only call of the function that puts something in, and is in no loop, did.
void Solver::erase_latest(const Call& caller, State& state, const Value& elements,
                          const clang::Expr* at) {
  const auto* const pop = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
  if (pop == nullptr) return;
  const auto calls = calls_that_add(*caller.function->getBody(), pop->getImplicitObjectArgument());
  if (calls.size() != 1 || bodies_.loops().around(calls.front()) != nullptr) return;
  const SiteId put = site(caller, calls.front());
  for (const Target& element : elements.to)
    for (auto& [place, held] : state.cells)
      if (places_.is_below(place, element.place))
        std::erase_if(held.to, [&](const Target& target) { return target.stored == put; });
}

// Effect: the container has no longer what its element of the key had, or that of this turn.
void Solver::erase_entry(State& state, const Value& elements, const clang::Expr* at,
                         const clang::Expr* key) {
  const auto* const call = llvm::dyn_cast<clang::CXXMemberCallExpr>(at);
  for (const Target& element : elements.to) {
    if (state.is_visited(element.place)) {
      erase_cells(state, element.place);
      continue;
    }
    if (call == nullptr || model_.kind_of(key->getType()) == Kind::View) continue;
    const clang::Expr* const container = call->getImplicitObjectArgument();
    for (auto& [place, held] : state.cells)
      if (places_.is_below(place, element.place))
        std::erase_if(held.to, [&](const Target& target) {
          return is_entry(context_, places_.expression(target.stored), container, key);
        });
  }
}

void Solver::member_of_library(const Call& caller, State& state, const clang::CXXMethodDecl* method,
                               const clang::Expr* at, const Value& object,
                               const std::vector<const clang::Expr*>& arguments) {
  const clang::QualType type = type_of(context_, method->getParent());
  const Kind kind = model_.kind_of(type);
  const SiteId where = site(caller, at);
  const llvm::StringRef name = name_of(method);
  const clang::OverloadedOperatorKind op = method->getOverloadedOperator();
  const bool is_assignment = op == clang::OO_Equal;
  watch_container(caller, state, method, at, object, arguments);
  const bool asks_for_null =
      llvm::isa<clang::CXXConversionDecl>(method) && at->getType()->isBooleanType();
  if (is_assignment && arguments.size() == 1) {
    const clang::Expr* const from = arguments.front();
    if (assign_tied(caller, state, at, from)) return;
    const Value given = value(caller, state, from);
    bool many = object.to.size() > 1;
    if (record_of(from->getType()) != method->getParent()) use_copied(caller, state, type, from);
    for (const Target& target : object.to) {
      (void)use(caller, state, Value::of(target.place), at);
      const bool same = record_of(from->getType()) == method->getParent();
      if (kind == Kind::Thread) {
        if (joins_at_end(type)) join_threads(state, Value::of(target.place));
        for (const Target& source : given.to)
          copy(state, target.place, source.place, type, where, many);
        continue;
      }
      if (kind == Kind::PmrContainer) {
        // Its resource stays; where both have the same one, a move takes the buffer over.
        grow(caller, state, Value::of(target.place), at);
        const auto cell = state.cells.find(target.place);
        const bool of_frame = cell != state.cells.end() && !cell->second.to.empty();
        if (same && method->isMoveAssignmentOperator() && of_frame)
          for (const Target& source : given.to)
            store(state, target.place, read(state, source.place, type), where, many);
        continue;
      }
      if (same) {
        for (const Target& source : given.to)
          copy(state, target.place, source.place, type, where, many);
        if (given.to.empty() && !many) state.cells.erase(target.place);
        if (method->isMoveAssignmentOperator()) leave_empty(state, given, type);
        continue;
      }
      std::erase_if(state.cells, [&](const auto& cell) {
        return !many && cell.first != target.place && places_.is_below(cell.first, target.place);
      });
      if (kind == Kind::Container) {
        keep(caller, state, target.place, type, from, where, false);
      } else if (from->getType()->isNullPtrType() || given.is_only_null()) {
        store(state, target.place, Value::nothing(), where, many);
      } else {
        Value held;
        const Kind given_kind = model_.kind_of(from->getType());
        if (given_kind == Kind::Pointer)
          held = from->isGLValue() ? load(state, given, from->getType()) : given;
        else if (given_kind == Kind::Container)
          for (const Target& source : given.to) held.add({places_.element(source.place), 0});
        else
          held = load(state, given, from->getType());
        if (kind != Kind::ArenaContainer) store(state, target.place, held, where, many);
      }
    }
    state.values[at] = object;
    return;
  }
  // A future waits in a base class of another name.
  if (waits_for_thread(*method)) join_threads(state, object);
  if (kind == Kind::Container || kind == Kind::Library || kind == Kind::Thread) {
    // The object itself may lie in memory of a frame.
    (void)use(caller, state, object, at);
    if (kind == Kind::Thread) {
      // Nobody joins it any more.
      if (name == "detach")
        for (Running& running : state.running)
          for (const Target& target : object.to)
            if (running.handle != 0 && places_.is_below(running.handle, target.place))
              running.handle = 0;
      if (name == "share" && model_.kind_of(at->getType()) == Kind::Thread) {
        const PlaceId place = temporary(caller, at);
        for (const Target& target : object.to) copy(state, place, target.place, type, where);
        state.values[at] = Value::of(place);
        return;
      }
      state.values[at] = Value::unknown();
      if (!at->isGLValue() && model_.kind_of(at->getType()) != Kind::Plain &&
          !at->getType()->isVoidType())
        set_result(caller, state, at, Value::unknown(), at->getType());
      return;
    }
    Value elements;
    const bool is_optional =
        kind == Kind::Container && plain_name(*method->getParent()) == "std::optional";
    for (const Target& target : object.to) {
      if (is_optional) places_.set_single(target.place);
      elements.add({places_.element(target.place), 0});
    }
    if (name == "extract" && model_.kind_of(at->getType()) == Kind::Library) {
      // A node that has the element now.
      const PlaceId place = temporary(caller, at);
      std::erase_if(state.cells,
                    [&](const auto& cell) { return places_.is_below(cell.first, place); });
      for (const Target& target : elements.to)
        copy(state, places_.element(place), target.place, at->getType(), where, true);
      state.values[at] = Value::of(place);
      return;
    }
    if (name == "get_future") {
      // Whoever waits for it waits for what keeps the promise, wherever that is moved.
      const PlaceId place = temporary(caller, at);
      const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
      for (const Target& target : object.to) state.cells[target.place] = Value::of(mark);
      store(state, place, Value::of(mark), where);
      state.values[at] = Value::of(place);
      return;
    }
    if (op == clang::OO_Subscript ||
        is_one_of(name, {"insert", "emplace", "find", "count", "contains", "at", "try_emplace",
                         "insert_or_assign", "lower_bound", "upper_bound", "equal_range"}))
      if (compares_text(*method->getParent()))
        (void)use(caller, state, load(state, elements, {}), at);
    if (name == "clear") join_threads(state, elements);
    if (is_one_of(name, {"erase", "pop", "pop_back", "pop_front", "extract"}))
      forget_freed(
          caller, state, object,
          llvm::isa<clang::CXXMemberCallExpr>(at)
              ? named_by(llvm::cast<clang::CXXMemberCallExpr>(at)->getImplicitObjectArgument())
              : nullptr,
          arguments.size() == 1 ? arguments.front() : nullptr);
    if (name == "erase" && arguments.size() == 1)
      erase_entry(state, elements, at, arguments.front());
    if (is_one_of(name, {"pop", "pop_back", "pop_front"}))
      erase_latest(caller, state, elements, at);
    if (object.to.size() == 1 && is_emptied_by(caller, name, at, arguments))
      erase_inside(state, object.to.front().place);
    const bool changes =
        !method->isConst() &&
        !is_one_of(name, {"at", "find", "begin", "end", "erase", "count", "get"}) &&
        op != clang::OO_Subscript && op != clang::OO_Call && op != clang::OO_Arrow &&
        op != clang::OO_Star;
    if (changes) {
      const bool range = arguments.size() >= 2 && is_one_of(name, {"assign", "insert", "append"});
      for (const Target& target : object.to) {
        if (is_one_of(name, {"store", "emplace"}) && object.to.size() == 1 &&
            model_.can_hold(type) &&
            is_one_of(plain_name(*method->getParent()),
                      {"std::optional", "std::atomic", "std::variant", "std::any"}))
          erase_inside(state, target.place);
        for (const clang::Expr* argument : arguments)
          keep(caller, state, target.place, type, argument, where, range);
      }
    }
    if (at->getType()->isVoidType()) return;
    const Kind result = model_.kind_of(at->getType());
    if (at->isGLValue()) {
      state.values[at] = elements;
    } else if (result == Kind::Pointer) {
      const bool is_value = kind == Kind::Container &&
                            is_one_of(name, {"load", "value", "value_or", "exchange", "get"});
      state.values[at] = is_value ? load(state, elements, at->getType()) : elements;
    } else if (result == Kind::View) {
      const PlaceId place = temporary(caller, at);
      const bool is_value = is_one_of(name, {"load", "value", "value_or", "exchange"});
      store(state, place, is_value ? load(state, elements, at->getType()) : elements, where);
      state.values[at] = Value::of(place);
    } else if (kind == Kind::Library && model_.can_hold(at->getType())) {
      set_result(caller, state, at, Value::unknown(), at->getType());
    } else if (const clang::FieldDecl* found = iterator_in_pair(at->getType())) {
      // The place of the element, and whether it is new.
      const PlaceId place = temporary(caller, at);
      std::erase_if(state.cells,
                    [&](const auto& cell) { return places_.is_below(cell.first, place); });
      store(state, places_.field(place, found), elements, where);
      state.values[at] = Value::of(place);
    } else if (result != Kind::Plain) {
      set_result(caller, state, at, elements, at->getType());
    }
    return;
  }
  // What shares memory.
  (void)use(caller, state, object, at);
  const Value held = load(state, object, type);
  const bool learns = kind == Kind::Box || kind == Kind::Retained;
  const bool reads = !asks_for_null && !(learns && looks_only(name)) &&
                     !(kind == Kind::View && looks_only(name)) && name != "clear" && name != "swap";
  if (adds(name) || op == clang::OO_PlusEqual) {
    if (kind == Kind::ArenaContainer || kind == Kind::PmrContainer) {
      (void)use(caller, state, held, at);
      if (!is_one_of(name, {"try_push", "push_back_unchecked"})) grow(caller, state, object, at);
      if (name == "reserve" || name == "resize")
        for (const Target& target : object.to)
          if (state.cells.count(target.place) != 0) state.cells[target.place].number = 1;
      for (const Target& target : load(state, object, type).to) {
        if (places_[target.place].kind != PlaceKind::Memory) continue;
        for (const clang::Expr* argument : arguments) {
          if (llvm::isa<clang::CXXDefaultArgExpr>(argument) ||
              !model_.can_hold(argument->getType()))
            continue;
          const Value given = value(caller, state, argument);
          const Kind of = model_.kind_of(argument->getType());
          if (of == Kind::Plain || of == Kind::Mark || of == Kind::Owner || of == Kind::Allocator)
            continue;
          if (kind == Kind::PmrContainer && of == Kind::PmrContainer) continue;
          if (of == Kind::Pointer || of == Kind::View)
            store(state, target.place,
                  argument->isGLValue() || of == Kind::View
                      ? load(state, given, argument->getType())
                      : given,
                  where, true);
        }
      }
    }
  } else if (reads) {
    (void)use(caller, state, held, at);
  }
  if (is_one_of(name, {"reset"})) {
    Value now = Value::nothing();
    if (!arguments.empty() && !llvm::isa<clang::CXXDefaultArgExpr>(arguments.front()))
      now = value(caller, state, arguments.front());
    if (kind != Kind::ArenaContainer && kind != Kind::PmrContainer)
      for (const Target& target : object.to)
        store(state, target.place, now, where, object.to.size() > 1);
  }
  Value result;
  result.other = held.other;
  for (const Target& target : held.to)
    if (places_[target.place].kind != PlaceKind::Resource) result.add({target.place, 0});
  if (name == "release")
    for (const Target& target : object.to)
      store(state, target.place, Value::nothing(), where, object.to.size() > 1);
  if (at->getType()->isVoidType()) return;
  const Kind kind_of_result = model_.kind_of(at->getType());
  if (at->isGLValue()) {
    // *this, or a part of what is held.
    const bool same = record_of(at->getType()) == method->getParent();
    state.values[at] = same ? object : result;
  } else if (kind_of_result == Kind::Pointer) {
    state.values[at] = result;
  } else if (kind_of_result == Kind::View || kind_of_result == Kind::ArenaContainer ||
             kind_of_result == Kind::Box) {
    const PlaceId place = temporary(caller, at);
    store(state, place, result, where);
    state.values[at] = Value::of(place);
  } else if (kind_of_result != Kind::Plain) {
    set_result(caller, state, at, Value::unknown(), at->getType());
  }
}

}  // namespace fa_check
