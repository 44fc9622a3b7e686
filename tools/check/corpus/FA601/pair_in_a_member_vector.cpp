// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace fa = framealloc;

class Profiler {
 public:
  void sample(fa::SmartAlloc& alloc, int id, double ms) {
    auto label = alloc.frame_string(32);
    label.append("zone");
    label.push_back(static_cast<char>('0' + id % 10));
    samples_.emplace_back(std::string_view(label.data(), label.size()), ms);  // expect: FA601
  }
  double total() const {
    double sum = 0;
    for (const auto& [label, ms] : samples_) sum += ms;
    return sum;
  }

 private:
  std::vector<std::pair<std::string_view, double>> samples_;
};
double use(Profiler& profiler, fa::SmartAlloc& alloc) {
  profiler.sample(alloc, 3, 1.5);
  return profiler.total();
}
