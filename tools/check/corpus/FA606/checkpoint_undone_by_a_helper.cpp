// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Undo {
 public:
  explicit Undo(fa::SmartAlloc& alloc) : alloc_(alloc), mark_(alloc.frame_checkpoint()) {}
  void undo() { (void)alloc_.rollback_to(mark_); }

 private:
  fa::SmartAlloc& alloc_;
  fa::FrameCheckpoint mark_;
};
int plan(fa::SmartAlloc& alloc, bool feasible) {
  const auto frame = alloc.scoped_frame();
  int* base = alloc.frame_new<int>(1);
  Undo undo(alloc);
  int* step = alloc.frame_new<int>(2);
  if (!feasible) undo.undo();
  return *base + *step;  // expect: FA606
}
