// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace fa = framealloc;

struct Contact {
  float depth;
  int body;
};
class Solver {
 public:
  void step(fa::SmartAlloc& alloc, std::span<const Contact> contacts) {
    alloc.begin_frame();
    auto sorted = alloc.frame_slice<Contact>(contacts.size());
    std::copy(contacts.begin(), contacts.end(), sorted.begin());
    const auto ends =
        std::minmax_element(sorted.begin(), sorted.end(),
                            [](const Contact& a, const Contact& b) { return a.depth < b.depth; });
    shallowest_ = ends.first;
    deepest_ = ends.second;  // expect: FA601
    shallowest_ = nullptr;
    alloc.end_frame();
  }

 private:
  const Contact* shallowest_ = nullptr;
  const Contact* deepest_ = nullptr;
};
