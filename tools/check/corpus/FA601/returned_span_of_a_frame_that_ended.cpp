// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Baker {
 public:
  explicit Baker(const fa::SmartAlloc& alloc) : alloc_(alloc) {}
  std::span<const int> bake(int seed) {
    alloc_.begin_frame();
    auto table = alloc_.frame_slice<int>(256);
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = seed * static_cast<int>(i);
    alloc_.end_frame();
    return table;  // expect: FA601
  }

 private:
  fa::SmartAlloc alloc_;
};
int use(Baker& baker) { return static_cast<int>(baker.bake(3).size()); }
