// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

class Stage {
 public:
  virtual ~Stage() = default;
  virtual void run(fa::SmartAlloc& alloc) = 0;
};
class Present final : public Stage {
 public:
  void run(fa::SmartAlloc& alloc) override { alloc.end_frame(); }
};
int frame(fa::SmartAlloc& alloc, Stage& last) {
  alloc.begin_frame();
  int* value = alloc.frame_new<int>(2);
  last.run(alloc);
  return *value;  // expect: FA606
}
int whole(fa::SmartAlloc& alloc) {
  const std::unique_ptr<Stage> stage = std::make_unique<Present>();
  return frame(alloc, *stage);
}
