// SPDX-License-Identifier: MIT OR Apache-2.0
// What the solver met: the material of the checks. Each check is a query over the log.
#pragma once

#include "facts/place.hpp"

#include <set>
#include <tuple>
#include <vector>

namespace fa_check {

enum class EventKind : std::uint8_t {
  Issue,        // at: the allocation; loan
  Use,          // at: a use of a loan that ended at `other`
  GrowInScope,  // at: growth of `into` in a scope; other: the use after the scope
  Escape,       // at: the store of a loan into `into`, which outlives it; other: its end, or 0
  Return,       // at: the returned expression; other: the end
  Suspend,      // at: a suspension across which the loan lives; other: the use
  CoroutineArgument,  // at: the call of a coroutine that holds the loan
  IssueInCoroutine,   // at: an allocation with no frame of the coroutine's own around it
  Later,              // at: a closure that holds the loan and runs later
  ThreadReaches,      // at: the work of the thread; loan; into: the site that starts it, or of the
                      // store; other: the end of the frame, or 0
  ThreadGrows,        // at: what starts the thread; other: the growth on it
  EndWhileRunning,    // at: the end of a frame; other: what started the thread
  StaysOut,           // at: what starts a thread that allocates and is at no FrameBarrier
  ExplicitFrees,      // at: deferred frees are taken back only when asked
  StaleHandle,        // at: the resolution; other: the free
  KeptResolved,       // at: the use of a resolved pointer; other: the compaction
  Unconstructed,      // at: the raw allocation of a type with a destructor
  GaveUp,             // at: the function's body
};

struct Event {
  EventKind kind = EventKind::Issue;
  SiteId at = 0;
  PlaceId loan = 0;
  PlaceId into = 0;
  SiteId other = 0;
  const clang::FunctionDecl* function = nullptr;  // in which the analysis began
};

class EventLog {
 public:
  void add(const Event& event) {
    if (seen_.insert({event.kind, event.at, event.loan, event.into, event.other}).second)
      events_.push_back(event);
  }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

 private:
  std::vector<Event> events_;
  std::set<std::tuple<EventKind, SiteId, PlaceId, PlaceId, SiteId>> seen_;
};

}  // namespace fa_check
