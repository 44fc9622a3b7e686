// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Overlay {
  const char* title = nullptr;
};
class Ui {
 public:
  static Ui& instance() {
    static Ui ui;
    return ui;
  }
  Overlay* top = nullptr;
};
void open(fa::SmartAlloc& alloc) {
  Overlay* overlay = alloc.frame_new<Overlay>();
  overlay->title = "pause";
  Ui::instance().top = overlay;  // expect: FA601
}
