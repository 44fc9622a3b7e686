// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>
#include <vector>

namespace fa = framealloc;

class Hud {
 public:
  void update(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    fa::FrameString text = alloc.frame_string(16);
    text.append("hp 10");
    title_ = std::string(text.view());
    auto cells = alloc.frame_slice<int>(4);
    cells_.assign(cells.begin(), cells.end());
    first_ = cells[0];
  }

 private:
  std::string title_;
  std::vector<int> cells_;
  int first_ = 0;
};
