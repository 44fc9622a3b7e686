// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>
#include <new>
#include <string>

namespace fa = framealloc;

struct Scoreboard {
  std::map<std::string, int> scores;
};
int tally(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Scoreboard* raw = alloc.frame_alloc<Scoreboard>();  // expect: FA607
  Scoreboard* board = ::new (static_cast<void*>(raw)) Scoreboard();
  board->scores["a"] = 1;
  return board->scores["a"];
}
