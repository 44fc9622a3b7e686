// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Cache {
 public:
  void keep(fa::SmartAlloc& alloc) { values_ = alloc.frame_slice<int>(4).span(); }
  void drop() { values_ = {}; }
  std::size_t size() const { return values_.size(); }

 private:
  std::span<int> values_;
};
std::size_t paint(fa::SmartAlloc& ui, Cache& cache) {
  ui.begin_frame();
  cache.keep(ui);
  const std::size_t count = cache.size();
  cache.drop();
  ui.end_frame();
  return count;
}
