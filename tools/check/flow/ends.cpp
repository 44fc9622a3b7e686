// SPDX-License-Identifier: MIT OR Apache-2.0
// Solver: how loans end, and what is told when one is used or kept after its end.
#include "flow/arguments.hpp"
#include "flow/solver.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
void Solver::tell(const Call& call, EventKind kind, SiteId at, PlaceId loan, PlaceId into,
                  SiteId other) {
  (void)call;
  log_.add({kind, at, loan, into, other, root_});
}

const Loan* Solver::loan(PlaceId place) const {
  const auto found = loans_.find(place);
  return found == loans_.end() ? nullptr : &found->second;
}

// Result: how many frames of the allocator are in flight; 1 where its constant is not in sight.
unsigned Solver::frames_in_flight(PlaceId owner) const {
  const auto known = in_flight_.find(owner);
  if (known != in_flight_.end()) return known->second;
  const PlaceData& place = places_[owner];
  if (place.kind != PlaceKind::Field && place.kind != PlaceKind::Global) return 1;
  const auto* const declaration = static_cast<const clang::ValueDecl*>(place.key);
  const auto [of, is_new] = frames_of_declaration_.try_emplace(declaration, 1);
  if (!is_new) return of->second;
  const clang::Expr* init = nullptr;
  if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(declaration))
    init = field->getInClassInitializer();
  else if (const auto* variable = llvm::dyn_cast<clang::VarDecl>(declaration))
    init = variable->getAnyInitializer();
  if (init != nullptr)
    if (const auto frames = frames_in_flight_of(context_, init)) of->second = *frames;
  return of->second;
}

bool Solver::is_over(const State& state, const Life& life) const {
  (void)state;
  if (life.over) return true;
  if (life.of_thread) return (life.ends >> 1U) != 0;
  unsigned frames = settings_.frames_in_flight;
  if (frames == 0) frames = frames_in_flight(life.owner);
  return (life.ends >> frames) != 0;
}

void Solver::set_mark(State& state, PlaceId mark, PlaceId owner) {
  forget_mark(state, mark);
  std::erase(state.ended, mark);
  state.marks.emplace_back(mark, owner);
}

void Solver::forget_mark(State& state, PlaceId mark) {
  std::erase_if(state.marks, [&](const auto& each) { return each.first == mark; });
  for (auto& [place, life] : state.lives) std::erase(life.since, mark);
}

// Effect: `mark` stands for what is made now. What has it from the turn of the loop before is of another one.
void Solver::renew_mark(State& state, PlaceId mark) {
  const PlaceData data = places_[mark];
  const PlaceId old = places_.place(PlaceKind::Mark, data.key, data.parent, data.chain, 1);
  bool is_held = false;
  bool is_kept = false;
  for (const auto& [place, held] : state.cells)
    for (const Target& target : held.to) {
      is_held = is_held || target.place == mark;
      is_kept = is_kept || target.place == old;
    }
  if (is_held) {
    const auto rename = [&](Value& held) {
      bool any = false;
      for (Target& target : held.to) {
        if (target.place != mark) continue;
        target.place = old;
        any = true;
      }
      if (!any) return;
      const std::vector<Target> unsorted = std::exchange(held.to, {});
      for (const Target& target : unsorted) held.add(target);
    };
    for (auto& [place, held] : state.cells) rename(held);
    for (auto& [expression, held] : state.values) rename(held);
    for (auto& [place, life] : state.lives)
      if (std::erase(life.since, mark) != 0) insert_sorted(life.since, old);
    if (const auto cell = state.cells.find(mark); cell != state.cells.end()) {
      state.cells[old] = cell->second;
      state.cells.erase(mark);
    }
    if (std::find(state.ended.begin(), state.ended.end(), mark) != state.ended.end())
      insert_sorted(state.ended, old);
    else if (!is_kept)
      std::erase(state.ended, old);
  }
  forget_mark(state, mark);
  std::erase(state.ended, mark);
}

void Solver::end_mark(const Call& call, State& state, PlaceId mark, SiteId site, bool newer_too) {
  (void)call;
  PlaceId owner = 0;
  std::size_t index = 0;
  for (; index < state.marks.size(); ++index) {
    if (state.marks[index].first == mark) {
      owner = state.marks[index].second;
      break;
    }
  }
  for (auto& [place, life] : state.lives) {
    if (!std::binary_search(life.since.begin(), life.since.end(), mark)) continue;
    if (std::find(state.pinned.begin(), state.pinned.end(), place) != state.pinned.end()) continue;
    if (is_over(state, life)) continue;
    life.over = true;
    life.end = site;
  }
  insert_sorted(state.ended, mark);
  if (!newer_too || index >= state.marks.size()) return;
  // What was marked after it is gone too.
  for (std::size_t i = state.marks.size(); i-- > index + 1;)
    if (state.marks[i].second == owner)
      state.marks.erase(state.marks.begin() + static_cast<std::ptrdiff_t>(i));
}

void Solver::end_frame(const Call& call, State& state, const std::vector<PlaceId>& owners,
                       bool of_thread, SiteId site) {
  bool ended_any = false;
  for (const PlaceId owner : owners) log_.add({EventKind::FrameEnds, site, 0, 0, 0, root_, owner});
  // Memory of the current frame, of nobody in sight: of the only frame that is open.
  const PlaceId nobody = places_.place(PlaceKind::Part, nullptr);
  const bool is_only =
      std::all_of(state.frames.begin(), state.frames.end(), [&](const auto& frame) {
        return (frame.second & kOpen) == 0 || frame.first == nobody ||
               std::find(owners.begin(), owners.end(), frame.first) != owners.end();
      });
  for (auto& [place, life] : state.lives) {
    if (!owners.empty() && std::find(owners.begin(), owners.end(), life.owner) == owners.end() &&
        (life.owner != nobody || !is_only))
      continue;
    const auto known = loans_.find(place);
    if (known == loans_.end() || known->second.resolved || life.ends == 0) continue;
    if (life.of_thread != of_thread) continue;
    const bool before = is_over(state, life);
    life.ends =
        static_cast<std::uint8_t>(static_cast<unsigned>(life.ends) << 1U | (life.ends & 0x40U));
    if (!before && is_over(state, life)) {
      life.end = site;
      ended_any = true;
    }
  }
  for (const PlaceId owner : owners) {
    (of_thread ? state.thread_frames : state.frames)[owner] = kClosed;
    std::erase_if(state.marks, [&](const auto& mark) { return mark.second == owner; });
  }
  if (owners.empty() && !of_thread) state.marks.clear();
  if (owners.empty())
    for (auto& [owner, bits] : of_thread ? state.thread_frames : state.frames) bits = kClosed;
  if (!of_thread && thread_ == nullptr) check_allocating(call, state, owners, site);
  if (ended_any) check_escapes(call, state, site);
}

// A loan that has just ended and is still in what lives on has escaped.
void Solver::check_escapes(const Call& call, State& state, SiteId end) {
  check_running(call, state, end);
  // Where a destructor ends the frame, the object ends with it.
  const bool in_destructor =
      call.function != nullptr && llvm::isa<clang::CXXDestructorDecl>(call.function);
  const std::map<PlaceId, PlaceId> kept = kept_objects(state, true);
  for (const auto& [place, value] : state.cells) {
    const PlaceId root = places_.root(place);
    const auto keeper = kept.find(root);
    const PlaceId lives_in = keeper == kept.end() ? 0 : keeper->second;
    const PlaceId holder = lives_in == 0 ? place : lives_in;
    const PlaceId object = places_.root(holder);
    const PlaceKind kind = places_[object].kind;
    const bool is_older = kind == PlaceKind::Local && object != holder && older_.count(object) != 0;
    if (kind == PlaceKind::Temporary || (kind == PlaceKind::Local && !is_older)) continue;
    if (kind == PlaceKind::Memory || kind == PlaceKind::Mark) continue;
    if (kind == PlaceKind::This && in_destructor) continue;
    for (const Target& target : value.to) {
      const PlaceId memory = places_.root(target.place);
      const auto life = state.lives.find(memory);
      if (life == state.lives.end() || life->second.end != end) continue;
      if (!is_over(state, life->second)) continue;
      log_.add({is_older ? EventKind::StaysIn : EventKind::Escape, target.stored, memory, place,
                end, root_, lives_in});
    }
  }
}

bool Solver::use(const Call& call, State& state, const Value& value, const clang::Expr* at) {
  bool told = false;
  for (const Target& target : value.to) {
    const PlaceId memory = places_.root(target.place);
    if (places_[memory].kind != PlaceKind::Memory) continue;
    const auto life = state.lives.find(memory);
    if (life == state.lives.end()) continue;
    const Loan& loan = loans_[memory];
    const SiteId where = site(call, at);
    if (thread_ != nullptr && !loan.on_thread) thread_->uses.insert(memory);
    if (is_over(state, life->second)) {
      // It lies in an element beside the one that is looked at.
      if (are_other_elements(context_, places_.expression(target.stored), at)) continue;
      told = true;
      const SiteId end = life->second.end;
      if (loan.resolved)
        tell(call, EventKind::KeptResolved, places_.seen_from(where, end), memory, 0, end);
      else if (loan.grown)
        tell(call, EventKind::GrowInScope, loan.made, memory, loan.container, where);
      else
        tell(call, EventKind::Use, places_.seen_from(where, end), memory, 0, end);
      // One report on each path is enough.
      life->second.over = false;
      life->second.ends = 1;
    } else if (life->second.suspended) {
      told = true;
      tell(call, EventKind::Suspend, life->second.suspension, memory, 0, where);
      life->second.suspended = false;
    }
  }
  return told;
}

// A call of a closure, or a copy of an object handed on: what it holds is used.
void Solver::use_what_it_holds(const Call& call, State& state, const Value& objects,
                               const clang::Expr* at) {
  for (const Target& object : objects.to) {
    std::vector<Value> held;
    for (const auto& [place, value] : state.cells)
      if (!value.to.empty() && places_.is_below(place, object.place)) held.push_back(value);
    for (const Value& value : held) {
      for (const Target& target : value.to) {
        const PlaceId memory = places_.root(target.place);
        const auto life = state.lives.find(memory);
        const auto known = loans_.find(memory);
        if (life == state.lives.end() || known == loans_.end() || known->second.resolved ||
            known->second.grown || !is_over(state, life->second))
          continue;
        // As use() tells, and of what holds it.
        const SiteId end = life->second.end;
        tell(call, EventKind::Use, places_.seen_from(site(call, at), end), memory, object.place,
             end);
        life->second.over = false;
        life->second.ends = 1;
        return;
      }
      if (use(call, state, value, at)) return;
    }
  }
}

void Solver::grow(const Call& call, State& state, const Value& containers, const clang::Expr* at) {
  for (const Target& container : containers.to) {
    const auto cell = state.cells.find(container.place);
    if (cell == state.cells.end()) continue;
    Value kept;
    kept.null = cell->second.null;
    std::vector<PlaceId> of_frame;
    bool grows = false;
    for (const Target& target : cell->second.to) {
      if (places_[target.place].kind == PlaceKind::Resource) {
        kept.add(target);
        of_frame.push_back(places_[target.place].parent);
        continue;
      }
      const PlaceId memory = places_.root(target.place);
      const auto life = state.lives.find(memory);
      const auto known = loans_.find(memory);
      if (life == state.lives.end() || known == loans_.end()) continue;
      kept.add(target);
      if (thread_ != nullptr && !known->second.on_thread)
        tell(call, EventKind::ThreadGrows, thread_->started, memory, 0, site(call, at));
      if (cell->second.number && *cell->second.number != 0) continue;  // has room
      for (const auto& [mark, owner] : state.marks) {
        if (owner == life->second.owner &&
            !std::binary_search(life->second.since.begin(), life->second.since.end(), mark)) {
          grows = true;
          of_frame.push_back(owner);
        }
      }
    }
    const bool has_memory = std::any_of(kept.to.begin(), kept.to.end(), [&](const Target& target) {
      return places_[target.place].kind == PlaceKind::Memory;
    });
    if (of_frame.empty() || (has_memory && !grows)) continue;
    Loan loan;
    loan.made = site(call, at);
    loan.type = at->getType();
    loan.grown = grows;
    loan.container = container.place;
    if (grows)
      std::erase_if(kept.to, [&](const Target& target) {
        return places_[target.place].kind == PlaceKind::Memory;
      });
    const Value fresh = issue(call, state, {of_frame.front()}, at, loan);
    for (const Target& target : fresh.to) kept.add({target.place, site(call, at)});
    kept.number = cell->second.number;
    state.cells[container.place] = kept;
  }
}

}  // namespace fa_check
