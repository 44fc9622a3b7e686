// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

struct Rect {
  int x, y, w, h;
};
enum class Stage { Measure, Arrange, Paint, Done };
void paint(const Rect& rect);
void layout(fa::SmartAlloc& alloc, int widgets) {
  Stage stage = Stage::Measure;
  auto rects = alloc.frame_vec<Rect>(8);
  alloc.begin_frame();
  while (stage != Stage::Done) {
    switch (stage) {
      case Stage::Measure:
        rects = alloc.frame_vec<Rect>(static_cast<std::size_t>(widgets));
        for (int i = 0; i < widgets; ++i) rects.push_back({i, 0, 10, 10});
        stage = Stage::Arrange;
        break;
      case Stage::Arrange:
        for (Rect& rect : rects) rect.y = 5;
        stage = Stage::Paint;
        break;
      case Stage::Paint:
        for (const Rect& rect : rects) paint(rect);
        alloc.end_frame();
        stage = Stage::Done;
        break;
      case Stage::Done:
        break;
    }
  }
}
