// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

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
    values_.push_back(sample->value);
  }

 private:
  std::vector<float> values_;
};
void use(History& history, fa::SmartAlloc& alloc) { history.record(alloc, 1); }
