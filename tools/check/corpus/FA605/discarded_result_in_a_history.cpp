// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>
#include <vector>

namespace fa = framealloc;

struct Sample {
  float value = 0;
};
class History {
 public:
  void record(fa::SmartAlloc& alloc, float value) {
    auto sample = alloc.frame_retained<Sample>(fa::RetentionPolicy::Discard);
    sample->value = value;
    samples_.push_back(std::move(sample));  // expect: FA605
  }
  std::size_t size() const { return samples_.size(); }

 private:
  std::vector<fa::FrameRetained<Sample>> samples_;
};
std::size_t use(History& history, fa::SmartAlloc& alloc) {
  history.record(alloc, 1);
  return history.size();
}
