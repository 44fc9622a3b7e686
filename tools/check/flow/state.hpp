// SPDX-License-Identifier: MIT OR Apache-2.0
// What is known at one point of a program on some paths to it.
#pragma once

#include "flow/value.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace fa_check {

// How a loan may stand.
struct Life {
  PlaceId owner = 0;
  bool of_thread = false;  // of the thread's own frame
  std::uint8_t ends = 1;   // bit n: n ends of a frame may have come since it was made
  bool over = false;       // may have been rewound, reset, freed
  SiteId end = 0;          // the last end
  bool suspended = false;  // lived across a suspension
  SiteId suspension = 0;
  std::vector<PlaceId> since;  // marks whose end is its end, sorted
  friend bool operator==(const Life&, const Life&) = default;
  void join(const Life& from);
};

// Work that may run on another thread.
struct Running {
  PlaceId handle = 0;            // the object that joins it; 0: nobody can
  SiteId started = 0;            // the closure, else what starts it; of published memory: the store
  SiteId created = 0;            // what starts it
  bool seen = false;             // its body is in sight
  bool arrives = false;          // takes part in a FrameBarrier
  PlaceId published = 0;         // memory that a thread finds here; 0: work of its own
  std::vector<PlaceId> reaches;  // loans
  std::vector<PlaceId> owners;   // allocators whose frame it shares and allocates from
  std::vector<PlaceId> signals;  // what it signals once it is done
  std::vector<PlaceId> marks;    // of promises whose futures it has, sorted
  friend bool operator==(const Running&, const Running&) = default;
};

// A loop over all elements of a container that has begun. While a turn runs, `element` stands for its element alone.
struct Visit {
  const clang::Stmt* loop = nullptr;
  ChainId chain = 0;  // of the call that the loop is in
  PlaceId element = 0;
  PlaceId others = 0;  // in a turn: what elements hold that were not visited
  PlaceId done = 0;    // what those hold that were
  PlaceId value = 0;   // in a turn: the part of a map's entry that what was in the entry is in
  bool in_turn = false;
  friend bool operator==(const Visit&, const Visit&) = default;
};

constexpr std::uint8_t kOpen = 2;
constexpr std::uint8_t kClosed = 1;

struct State {
  std::map<PlaceId, Value> cells;
  std::map<PlaceId, Life> lives;
  std::map<PlaceId, std::uint8_t> frames;  // owner -> kOpen | kClosed
  std::map<PlaceId, std::uint8_t> thread_frames;
  std::vector<std::pair<PlaceId, PlaceId>> marks;  // mark, owner; the oldest first
  std::vector<PlaceId> ended;                      // marks that ended: freed handles
  std::vector<PlaceId> pinned;
  std::vector<Running> running;
  std::vector<Visit> visits;  // the innermost last
  bool thrown = false;        // left a call by an exception
  std::vector<SiteId> tags;   // calls of with_tag() and tag_scope() that are open
  std::map<std::pair<PlaceId, std::int64_t>, bool> facts;  // place == number is known
  std::map<const clang::Stmt*, Value> values;              // of expressions of the current call

  // Whether a frame of any allocator may be open.
  [[nodiscard]] bool is_in_frame() const;
  // Whether the place stands for one element alone.
  [[nodiscard]] bool is_visited(PlaceId place) const;
  // Equality and join leave `values` out: they are joined alone.
  [[nodiscard]] bool same_as(const State& other) const;
  // Effect: this state stands for the paths of both. Result: whether it changed.
  bool join(const State& other);
  // Result: whether `values` changed.
  bool join_values(const State& other);
  // How well the two would join: 0 is best.
  [[nodiscard]] unsigned distance(const State& other) const;
};

// Effect: `place` is among the sorted places `into`.
void insert_sorted(std::vector<PlaceId>& into, PlaceId place);

}  // namespace fa_check
