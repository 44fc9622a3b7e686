// SPDX-License-Identifier: MIT OR Apache-2.0
// Scopes that a stack, a list or an optional owns rewind when they are taken out of it.
#include <framealloc/framealloc.hpp>

#include <list>
#include <memory>
#include <optional>
#include <stack>

namespace fa = framealloc;

int stacked(fa::SmartAlloc& alloc, fa::FrameArena& arena) {
  alloc.begin_frame();
  std::stack<std::unique_ptr<fa::FrameScope>> scopes;
  scopes.push(std::make_unique<fa::FrameScope>(arena));
  const int* mark = scopes.top()->alloc<int>();
  scopes.pop();
  const int number = *mark;  // expect: FA606
  alloc.end_frame();
  return number;
}
int listed(fa::SmartAlloc& alloc, fa::FrameArena& arena) {
  alloc.begin_frame();
  std::list<fa::ArenaScope> scopes;
  scopes.emplace_back(arena);
  const int* mark = arena.alloc<int>();
  scopes.clear();
  const int number = *mark;  // expect: FA606
  alloc.end_frame();
  return number;
}
int optional(fa::SmartAlloc& alloc, fa::FrameArena& arena) {
  alloc.begin_frame();
  std::optional<fa::ArenaScope> scope;
  scope.emplace(arena);
  const int* mark = arena.alloc<int>();
  scope.reset();
  const int number = *mark;  // expect: FA606
  alloc.end_frame();
  return number;
}
