// SPDX-License-Identifier: MIT OR Apache-2.0
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
int show(fa::SmartAlloc& alloc) {
  auto page = std::make_unique<Page>(alloc);
  const int* lines = alloc.frame_new<int>(3);
  auto kept = std::move(page);
  const int count = *lines;
  kept.reset();
  return count;
}
