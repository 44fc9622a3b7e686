// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/state.hpp"

#include <algorithm>

namespace fa_check {
namespace {

template <class T>
void unite(std::vector<T>& into, const std::vector<T>& from) {
  for (const T& each : from)
    if (std::find(into.begin(), into.end(), each) == into.end()) into.push_back(each);
}

}  // namespace

void insert_sorted(std::vector<PlaceId>& into, PlaceId place) {
  const auto at = std::lower_bound(into.begin(), into.end(), place);
  if (at == into.end() || *at != place) into.insert(at, place);
}

void Life::join(const Life& from) {
  ends = static_cast<std::uint8_t>(ends | from.ends);
  over = over || from.over;
  if (end == 0) end = from.end;
  suspended = suspended || from.suspended;
  if (suspension == 0) suspension = from.suspension;
  for (const PlaceId mark : from.since) insert_sorted(since, mark);
}

bool State::is_in_frame() const {
  return std::any_of(frames.begin(), frames.end(),
                     [](const auto& frame) { return (frame.second & kOpen) != 0; });
}

bool State::is_visited(PlaceId place) const {
  return std::any_of(visits.begin(), visits.end(),
                     [&](const Visit& visit) { return visit.in_turn && visit.element == place; });
}

bool State::same_as(const State& other) const {
  return cells == other.cells && lives == other.lives && frames == other.frames &&
         thread_frames == other.thread_frames && marks == other.marks && ended == other.ended &&
         pinned == other.pinned && running == other.running && visits == other.visits &&
         facts == other.facts && tags == other.tags && thrown == other.thrown;
}

bool State::join(const State& other) {
  const State before = *this;
  for (auto& [place, value] : cells) {
    const auto found = other.cells.find(place);
    if (found != other.cells.end()) {
      value.join(found->second);
    } else {
      // On the other path the variable has what it had at the beginning, or is not alive.
      value.number.reset();
    }
  }
  for (const auto& [place, value] : other.cells) {
    const auto [found, is_new] = cells.try_emplace(place, value);
    if (is_new) found->second.number.reset();
  }
  for (const auto& [place, life] : other.lives) {
    const auto [found, is_new] = lives.try_emplace(place, life);
    if (!is_new) found->second.join(life);
  }
  for (auto* const frame : {&frames, &thread_frames}) {
    const auto& theirs = frame == &frames ? other.frames : other.thread_frames;
    for (const auto& [owner, bits] : theirs) {
      auto& mine = (*frame)[owner];
      mine = static_cast<std::uint8_t>(mine | bits);
    }
  }
  unite(marks, other.marks);
  unite(ended, other.ended);
  std::erase_if(pinned, [&](PlaceId place) {
    return std::find(other.pinned.begin(), other.pinned.end(), place) == other.pinned.end();
  });
  unite(running, other.running);
  unite(visits, other.visits);
  std::erase_if(facts, [&](const auto& fact) {
    const auto found = other.facts.find(fact.first);
    return found == other.facts.end() || found->second != fact.second;
  });
  join_values(other);
  return !same_as(before);
}

bool State::join_values(const State& other) {
  bool changed = false;
  for (const auto& [expression, value] : other.values) {
    const auto [found, is_new] = values.try_emplace(expression, value);
    if (is_new) {
      changed = changed || !value.to.empty();
    } else if (!(found->second == value)) {
      const std::size_t before = found->second.to.size();
      const bool had_number = found->second.number.has_value();
      found->second.join(value);
      changed = changed || found->second.to.size() != before ||
                had_number != found->second.number.has_value();
    }
  }
  return changed;
}

unsigned State::distance(const State& other) const {
  unsigned result = thrown == other.thrown && visits == other.visits ? 0 : 1U << 16U;
  for (const auto& [fact, holds] : facts) {
    const auto found = other.facts.find(fact);
    if (found == other.facts.end())
      result += 1;
    else if (found->second != holds)
      result += 8;
  }
  for (const auto& [place, life] : lives) {
    const auto found = other.lives.find(place);
    if (found != other.lives.end() && !(found->second == life)) result += 16;
  }
  if (frames != other.frames) result += 4;
  for (const auto& [place, value] : cells) {
    const auto found = other.cells.find(place);
    if (found != other.cells.end() && !(found->second == value)) result += 2;
  }
  return result;
}

}  // namespace fa_check
