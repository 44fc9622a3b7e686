// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Step {
  virtual ~Step() = default;
};
class FrameStep : public Step {
 public:
  explicit FrameStep(fa::SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~FrameStep() override { alloc_.end_frame(); }

 private:
  fa::SmartAlloc& alloc_;
};
class LogStep : public Step {
 public:
  ~LogStep() override { ++count; }
  static inline int count = 0;
};
int run(fa::SmartAlloc& alloc) {
  std::unique_ptr<Step> step = std::make_unique<FrameStep>(alloc);
  const int* budget = alloc.frame_new<int>(16);
  step.reset();
  return *budget;  // expect: FA606
}
int run_raw(fa::SmartAlloc& alloc) {
  Step* step = new FrameStep(alloc);
  const int* budget = alloc.frame_new<int>(16);
  delete step;
  return *budget;  // expect: FA606
}
int run_made(fa::SmartAlloc& alloc) {
  const int* budget = nullptr;
  {
    const std::unique_ptr<Step> step(new FrameStep(alloc));
    budget = alloc.frame_new<int>(16);
  }
  return *budget;  // expect: FA606
}
