// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

class Page {
 public:
  explicit Page(fa::SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~Page() { alloc_.end_frame(); }
  Page(const Page&) = delete;

 private:
  fa::SmartAlloc& alloc_;
};
int show(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    const auto page = std::make_shared<Page>(alloc);
    lines = alloc.frame_new<int>(3);
  }
  return *lines;  // expect: FA606
}
int show_again(fa::SmartAlloc& alloc) {
  auto page = std::make_shared<Page>(alloc);
  auto other = page;
  const int* lines = alloc.frame_new<int>(3);
  page.reset();
  other.reset();
  return *lines;  // expect: FA606
}
