// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: the allocators that all threads share: scratch pools, groups, handles.
#include "flow/arguments.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {

// Effect: tells when the configuration that is given leaves deferred frees to the caller.
void Solver::configure_deferred(const Call& caller, State& state, const clang::Expr* at,
                                const std::vector<const clang::Expr*>& arguments) {
  if (arguments.empty()) return;
  const clang::CXXRecordDecl* const config = record_of(arguments.front()->getType());
  if (config == nullptr || !config->hasDefinition()) return;
  for (const clang::FieldDecl* field : config->fields()) {
    const clang::EnumDecl* const type = field->getType()->getAs<clang::EnumType>() == nullptr
                                            ? nullptr
                                            : field->getType()->getAs<clang::EnumType>()->getDecl();
    if (type == nullptr || plain_name(*type) != "framealloc::DeferredProcessing") continue;
    for (const Target& target : value(caller, state, arguments.front()).to) {
      const Value mode = read(state, places_.field(target.place, field), field->getType());
      for (const clang::EnumConstantDecl* constant : type->enumerators())
        if (mode.number && constant->getName() == "Explicit" &&
            constant->getInitVal().getExtValue() == *mode.number)
          tell(caller, EventKind::ExplicitFrees, site(caller, at), 0, 0, 0);
    }
  }
}

bool Solver::apply_part(const Call& caller, State& state, Effect effect,
                        const clang::FunctionDecl* function, const clang::Expr* at,
                        const Value& object, const std::vector<const clang::Expr*>& arguments,
                        States& out) {
  const SiteId where = site(caller, at);
  const auto argument = [&](unsigned index) {
    return index < arguments.size() ? value(caller, state, arguments[index]) : Value::unknown();
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
  // The pools of a registry are those of its allocator.
  const auto named = [&](PlaceId owner, const std::string& name) {
    const auto* const of_registry = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (of_registry != nullptr &&
        plain_name(*of_registry->getParent()) == "framealloc::ScratchRegistry" &&
        places_[owner].kind == PlaceKind::Part && places_[owner].parent != 0)
      owner = places_[owner].parent;
    const void* key = function->getCanonicalDecl();
    if (!name.empty()) key = &context_.Idents.get("part of an allocator: " + name);
    return places_.place(PlaceKind::Part, key, owner);
  };
  const std::string name = arguments.empty() ? "" : literal_of(arguments.front());
  switch (effect) {
    case Effect::Part: {
      std::vector<PlaceId> of = owners(state, object);
      if (of.empty()) of.push_back(places_.place(PlaceKind::Part, nullptr));
      Value result;
      for (const PlaceId owner : of) result.add({named(owner, name), 0});
      return give(result);
    }
    case Effect::Scratch: {
      use_arguments(caller, state, function, arguments);
      std::vector<PlaceId> from;
      std::vector<PlaceId> since;
      const Value held = load(state, object, {});
      for (const Target& target : held.to) {
        if (places_[target.place].kind != PlaceKind::Mark) continue;
        since.push_back(target.place);  // of a borrow
        from.push_back(places_[target.place].parent);
      }
      if (from.empty()) from = owners(state, object);
      if (from.empty()) break;
      for (const PlaceId pool : from) since.push_back(pool);
      for (const auto& [mark, owner] : state.marks)
        if (owner == from.front()) since.push_back(mark);
      Value made = issue(caller, state, from, at, loan, since);
      for (const Target& target : made.to) state.lives[target.place].ends = 0;
      return give_held(made);
    }
    case Effect::ScratchResetNamed:
    case Effect::ScratchReset:
      for (PlaceId pool : owners(state, object)) {
        if (effect == Effect::ScratchResetNamed && name.empty()) continue;
        if (effect == Effect::ScratchResetNamed) pool = named(pool, name);
        end_mark(caller, state, pool, where, false);
        std::erase(state.ended, pool);
        std::erase_if(state.marks, [&](const auto& mark) { return mark.second == pool; });
      }
      check_escapes(caller, state, where);
      break;
    case Effect::Borrow: {
      Value held;
      for (const PlaceId pool : owners(state, object)) {
        const PlaceId mark = places_.place(PlaceKind::Mark, at, pool, caller.chain);
        set_mark(state, mark, pool);
        held.add({mark, 0});
      }
      return give_held(held);
    }
    case Effect::EndOfBorrow:
    case Effect::GroupFree: {
      Value groups = effect == Effect::GroupFree && !arguments.empty()
                         ? load(state, argument(0), {})
                         : load(state, object, {});
      for (const Target& target : groups.to)
        if (places_[target.place].kind == PlaceKind::Mark)
          end_mark(caller, state, target.place, where, false);
      check_escapes(caller, state, where);
      break;
    }
    case Effect::GroupRelease: {
      const Value held = load(state, object, {});
      for (const Target& target : object.to) state.cells.erase(target.place);
      return give_held(held);
    }
    case Effect::GroupNew: {
      const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
      renew_mark(state, mark);
      // The groups around it: whose end is its end.
      Value parents;
      const Kind kind =
          arguments.empty() ? Kind::Plain : model_.kind_of(arguments.front()->getType());
      if (kind == Kind::Mark) parents = load(state, argument(0), {});
      for (const Target& target : load(state, object, {}).to)
        if (places_[target.place].kind == PlaceKind::Mark) parents.add(target);
      Value above;
      for (const Target& parent : parents.to) {
        above.add(parent);
        const auto further = state.cells.find(parent.place);
        if (further != state.cells.end())
          for (const Target& each : further->second.to) above.add(each);
      }
      state.cells[mark] = above;
      return give_held(Value::of(mark));
    }
    case Effect::GroupAlloc: {
      use_arguments(caller, state, function, arguments);
      std::vector<PlaceId> since;
      Value groups = load(state, object, {});
      for (unsigned i = 0; i < arguments.size() && i < 2; ++i)
        if (model_.kind_of(arguments[i]->getType()) == Kind::Mark)
          groups = load(state, argument(i), {});
      for (const Target& target : groups.to) {
        if (places_[target.place].kind != PlaceKind::Mark) continue;
        since.push_back(target.place);
        const auto above = state.cells.find(target.place);
        if (above == state.cells.end()) continue;
        for (const Target& each : above->second.to) since.push_back(each.place);
      }
      if (since.empty()) break;
      Value made = issue(caller, state, {since.front()}, at, loan, since);
      for (const Target& target : made.to) state.lives[target.place].ends = 0;
      return give_held(made);
    }
    case Effect::HandleNew: {
      const PlaceId mark = places_.place(PlaceKind::Mark, at, 0, caller.chain);
      renew_mark(state, mark);
      return give_held(Value::of(mark));
    }
    case Effect::HandleFree: {
      const std::vector<PlaceId> pinned = state.pinned;
      keep_other_entries(caller, state, at, arguments);
      for (const Target& target : load(state, argument(0), {}).to) {
        if (places_[target.place].kind != PlaceKind::Mark) continue;
        end_mark(caller, state, target.place, where, false);
        state.cells[target.place] = Value::of(places_.place(PlaceKind::Mark, nullptr, 0, where));
      }
      state.pinned = pinned;
      break;
    }
    case Effect::Resolve:
    case Effect::TryResolve:
    case Effect::Pin:
    case Effect::TryPin: {
      std::vector<PlaceId> since = owners(state, object);
      for (const Target& target : load(state, argument(0), {}).to) {
        if (places_[target.place].kind != PlaceKind::Mark) continue;
        since.push_back(target.place);
        const bool freed =
            std::find(state.ended.begin(), state.ended.end(), target.place) != state.ended.end();
        if (!freed || effect == Effect::TryResolve || effect == Effect::TryPin) continue;
        SiteId end = 0;
        const auto cell = state.cells.find(target.place);
        if (cell != state.cells.end() && !cell->second.to.empty())
          end = places_[cell->second.to.front().place].chain;
        // An element beside the one that was freed.
        if (is_other_entry(caller, state, target.place, arguments[0])) continue;
        tell(caller, EventKind::StaleHandle, where, target.place, 0, end);
      }
      if (since.empty()) break;
      loan.resolved = true;
      Value made = issue(caller, state, {since.front()}, at, loan, since);
      for (const Target& target : made.to) {
        state.lives[target.place].ends = 0;
        if (effect == Effect::Pin || effect == Effect::TryPin) state.pinned.push_back(target.place);
      }
      // A pin holds what else was resolved of the handle.
      if (effect == Effect::Pin || effect == Effect::TryPin) {
        for (const auto& [place, life] : state.lives) {
          const auto known = loans_.find(place);
          if (known == loans_.end() || !known->second.resolved || life.since.empty()) continue;
          const bool same = std::any_of(life.since.begin(), life.since.end(), [&](PlaceId mark) {
            return mark != since.front() &&
                   std::find(since.begin(), since.end(), mark) != since.end();
          });
          if (!same) continue;
          state.pinned.push_back(place);
          made.add({place, 0});
        }
      } else {
        // And what is resolved while a pin of the handle lives stays where it is.
        for (const PlaceId pinned : state.pinned) {
          const auto life = state.lives.find(pinned);
          if (life == state.lives.end()) continue;
          for (const PlaceId mark : life->second.since) {
            if (mark == since.front() || std::find(since.begin(), since.end(), mark) == since.end())
              continue;
            return give(Value::of(pinned));
          }
        }
      }
      return give_held(made);
    }
    case Effect::Unpin:
      for (const Target& target : load(state, object, {}).to)
        std::erase(state.pinned, target.place);
      break;
    case Effect::Compact:
      for (const PlaceId owner : owners(state, object)) {
        end_mark(caller, state, owner, where, false);
        std::erase(state.ended, owner);
      }
      break;
    default:
      return false;
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
