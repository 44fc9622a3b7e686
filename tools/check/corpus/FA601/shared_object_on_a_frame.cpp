// SPDX-License-Identifier: MIT OR Apache-2.0
// allocate_shared takes the memory of the frame; the pointer is kept.
#include <framealloc/framealloc.hpp>
#include <memory>
namespace fa = framealloc;
struct Quest {
  int id;
  float progress;
};
class Journal {
 public:
  void note(fa::SmartAlloc& alloc, int id) {
    alloc.begin_frame();
    auto quest = std::allocate_shared<Quest>(fa::FrameAllocator<Quest>(alloc), Quest{id, 0});
    quest->progress = 0.5F;
    current_ = quest;  // expect: FA601
    alloc.end_frame();
  }
  float progress() const { return current_->progress; }

 private:
  std::shared_ptr<Quest> current_;
};
