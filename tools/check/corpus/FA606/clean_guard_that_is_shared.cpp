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
class Book {
 public:
  explicit Book(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int show() {
    const int* lines = nullptr;
    {
      auto page = std::make_shared<Page>(alloc_);
      lines = alloc_.frame_new<int>(3);
      last_ = page;
    }
    return *lines;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::shared_ptr<Page> last_;
};
void keep(std::shared_ptr<Page> page);
int hand_on(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    auto page = std::make_shared<Page>(alloc);
    lines = alloc.frame_new<int>(3);
    keep(page);
  }
  return *lines;
}
int show(fa::SmartAlloc& alloc) {
  auto page = std::make_shared<Page>(alloc);
  auto other = page;
  const int* lines = alloc.frame_new<int>(3);
  page.reset();
  return *lines;
}
