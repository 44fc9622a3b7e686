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
  alloc.begin_frame();
  std::unique_ptr<Step> step = std::make_unique<LogStep>();
  const int* budget = alloc.frame_new<int>(16);
  step.reset();
  const int number = *budget;
  alloc.end_frame();
  return number;
}
int run_raw(fa::SmartAlloc& alloc) {
  Step* step = new FrameStep(alloc);
  const int* budget = alloc.frame_new<int>(16);
  const int number = *budget;
  delete step;
  return number;
}
int run_made(fa::SmartAlloc& alloc) {
  int number = 0;
  {
    const std::unique_ptr<Step> step(new FrameStep(alloc));
    const int* budget = alloc.frame_new<int>(16);
    number = *budget;
  }
  return number;
}
