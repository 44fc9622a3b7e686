// SPDX-License-Identifier: MIT OR Apache-2.0
// A guard that a function takes over ends with its parameter.
#include <framealloc/framealloc.hpp>

#include <memory>
#include <utility>

namespace fa = framealloc;

class Page {
 public:
  explicit Page(fa::SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~Page() { alloc_.end_frame(); }
  Page(const Page&) = delete;

 private:
  fa::SmartAlloc& alloc_;
};
int finished = 0;
void finish(std::unique_ptr<Page> page) { finished += page != nullptr ? 1 : 0; }
int show(fa::SmartAlloc& alloc) {
  auto page = std::make_unique<Page>(alloc);
  const int* lines = alloc.frame_new<int>(3);
  finish(std::move(page));
  return *lines;  // expect: FA606
}
