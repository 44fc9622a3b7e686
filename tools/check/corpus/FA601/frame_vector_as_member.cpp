// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <optional>

namespace fa = framealloc;

struct Contact {
  float depth = 0;
};
class Solver {
 public:
  explicit Solver(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void step() {
    const auto frame = alloc_.scoped_frame();
    contacts_.emplace(alloc_.frame_vec<Contact>(64));  // expect: FA601
    contacts_->push_back(Contact{});
  }

 private:
  fa::SmartAlloc& alloc_;
  std::optional<fa::FrameVec<Contact>> contacts_;
};
