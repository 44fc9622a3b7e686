// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Cache {
 public:
  void keep(fa::SmartAlloc& alloc) {
    values_ = alloc.frame_slice<int>(4).span();  // expect: FA601
  }
  std::size_t size() const { return values_.size(); }

 private:
  std::span<int> values_;
};
std::size_t paint(fa::SmartAlloc& world, fa::SmartAlloc& ui, Cache& cache) {
  ui.begin_frame();
  cache.keep(world);
  const std::size_t count = cache.size();
  ui.end_frame();
  return count;
}
