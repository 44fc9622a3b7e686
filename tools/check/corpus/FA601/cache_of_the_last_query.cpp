// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <unordered_map>

namespace fa = framealloc;

struct Hit {
  int entity = 0;
  float distance = 0;
};
class Picker {
 public:
  explicit Picker(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  std::span<const Hit> pick(int ray) {
    if (const auto known = cache_.find(ray); known != cache_.end()) return known->second;
    auto hits = alloc_.frame_vec<Hit>(8);
    hits.push_back({ray, 1.0F});
    const std::span<const Hit> found(hits.data(), hits.size());
    cache_.emplace(ray, found);  // expect: FA601
    return found;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::unordered_map<int, std::span<const Hit>> cache_;
};
std::size_t use(Picker& picker) { return picker.pick(3).size(); }
