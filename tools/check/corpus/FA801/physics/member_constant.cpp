// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

class World {
 public:
  explicit World(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void step() {
    const auto tag = alloc_.tag_scope(kTag);  // expect: FA801
  }

 private:
  static constexpr std::string_view kTag = "ui";
  fa::SmartAlloc& alloc_;
};
