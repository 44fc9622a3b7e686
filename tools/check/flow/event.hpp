// SPDX-License-Identifier: MIT OR Apache-2.0
// What the solver met: the material of the checks. Each check is a query over the log.
#pragma once

#include "facts/place.hpp"

#include <cstddef>
#include <map>
#include <tuple>
#include <vector>

namespace fa_check {

enum class EventKind : std::uint8_t {
  Issue,        // at: the allocation; loan
  Use,          // at: a use of a loan that ended at `other`
  GrowInScope,  // at: growth of `into` in a scope; other: the use after the scope
  Escape,       // at: the store of a loan into `into`, which outlives it; other: its end, or 0
  StaysIn,  // at: the store; loan: ended at `other` and is still in `into`, a variable that was there
            // before the frame
  Return,             // at: the returned expression; other: the end
  Suspend,            // at: a suspension across which the loan lives; other: the use
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
  FrameOpens,         // at: what begins a frame; owner
  FrameEnds,          // at: what ends it; owner
  Meets,              // at: where a thread comes to a barrier of frames
  Rewinds,            // at: what rewinds, or will when its scope ends; owner
  Grows,              // at: growth of the container `into`; owner; flag: it was given no capacity
  GivenRoom,          // at: what gives the container `into` a capacity
  Shrinks,            // at: what empties the container `into`, or takes from it
  Destroyed,          // at: the call of a destructor; loan, or 0 when it is not known whose
  HandedOut,          // at: the returned expression; loan: leaves the function it began in
  Tagged,             // at: an allocation of pool or heap under a tag; loan; other: the tag; flag:
                      // the innermost
  Kept,               // at: what puts the memory `loan` into the container `into`
  Freed,              // at: a free; loan: pool, heap; or into: the member that had the block
  Held,               // into: the member or global that has the block `loan`
  ThreadRuns,         // at: the call that starts a thread; other: the callable
};

struct Event {
  EventKind kind = EventKind::Issue;
  SiteId at = 0;
  PlaceId loan = 0;
  PlaceId into = 0;
  SiteId other = 0;
  const clang::FunctionDecl* function = nullptr;  // in which the analysis began
  PlaceId owner = 0;                              // the allocator, of those that say so
  bool flag = false;
  bool open = false;  // Issue, Grows: a frame of the owner may be open
};

class EventLog {
 public:
  void add(const Event& event) {
    const auto [known, is_new] = seen_.try_emplace(
        {event.kind, event.at, event.loan, event.into, event.other, event.owner, event.flag},
        events_.size());
    if (is_new)
      events_.push_back(event);
    else
      events_[known->second].open = events_[known->second].open || event.open;
  }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

 private:
  std::vector<Event> events_;
  std::map<std::tuple<EventKind, SiteId, PlaceId, PlaceId, SiteId, PlaceId, bool>, std::size_t>
      seen_;
};

}  // namespace fa_check
