// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <unordered_map>

namespace fa = framealloc;

struct Hit {
  int entity = 0;
};
class Picker {
 public:
  std::span<const Hit> pick(int ray) {
    if (const auto known = cache_.find(ray); known != cache_.end()) return known->second;
    auto hits = alloc_.frame_slice<Hit>(8);
    const std::span<const Hit> found(hits.data(), hits.size());
    cache_.emplace(ray, found);
    return found;
  }
  void frame() {
    alloc_.begin_frame();
    total_ += pick(1).size();
    cache_.clear();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::unordered_map<int, std::span<const Hit>> cache_;
  std::size_t total_ = 0;
};
void use(Picker& picker) { picker.frame(); }
