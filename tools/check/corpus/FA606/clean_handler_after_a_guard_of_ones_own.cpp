// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <stdexcept>
#include <utility>

namespace fa = framealloc;

template <class F>
class Defer {
 public:
  explicit Defer(F function) : function_(std::move(function)) {}
  ~Defer() { function_(); }
  Defer(const Defer&) = delete;
  Defer& operator=(const Defer&) = delete;

 private:
  F function_;
};
int load(fa::SmartAlloc& alloc, int size) {
  int* header = nullptr;
  {
    alloc.begin_frame();
    const Defer end([&alloc] { alloc.end_frame(); });
    header = alloc.frame_new<int>(size);
  }
  alloc.begin_frame();
  const Defer end([&alloc] { alloc.end_frame(); });
  try {
    header = alloc.frame_new<int>(size);
    if (size == 0) throw std::runtime_error("empty");
    return *header;
  } catch (const std::runtime_error&) {
    return *header;
  }
}
