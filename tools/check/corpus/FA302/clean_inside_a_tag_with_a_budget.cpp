// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

std::vector<fa::PoolBox<int>> g_sounds;
void set_up(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("audio", 1024, 2048); }
void play(fa::SmartAlloc& alloc) {
  const auto audio = alloc.tag_scope("audio");
  const auto music = alloc.tag_scope("music");
  g_sounds.push_back(alloc.pool_box<int>(1));
}
