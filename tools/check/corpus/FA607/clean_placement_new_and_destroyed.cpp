// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>
#include <memory>
#include <new>
#include <string>

namespace fa = framealloc;

struct Scoreboard {
  std::map<std::string, int> scores;
};
int tally(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  Scoreboard* board = std::construct_at(alloc.frame_alloc<Scoreboard>());
  board->scores["a"] = 1;
  const int result = board->scores["a"];
  std::destroy_at(board);
  std::string* names = alloc.frame_alloc_batch<std::string>(3);
  std::uninitialized_default_construct_n(names, 3);
  names[0] = "a";
  std::destroy_n(names, 3);
  return result;
}
