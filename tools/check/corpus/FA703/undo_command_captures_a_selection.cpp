// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Editor {
  std::vector<std::function<void()>> undo;
  std::vector<int> heights;
};
void raise(fa::SmartAlloc& alloc, Editor& editor, std::span<const int> chosen) {
  auto selection = alloc.frame_vec<int>(chosen.size());
  for (int each : chosen) selection.push_back(each);
  for (int each : selection) ++editor.heights[static_cast<std::size_t>(each)];
  std::span<const int> saved(selection.data(), selection.size());
  editor.undo.push_back([&editor, saved] {  // expect: FA703
    for (int each : saved) --editor.heights[static_cast<std::size_t>(each)];
  });
}
