// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <vector>

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
  std::vector<std::unique_ptr<Page>> pages;
  pages.push_back(std::make_unique<Page>(alloc));
  const int* lines = alloc.frame_new<int>(3);
  pages.clear();
  return *lines;  // expect: FA606
}
int show_once(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    std::vector<std::unique_ptr<Page>> pages;
    pages.emplace_back(std::make_unique<Page>(alloc));
    lines = alloc.frame_new<int>(3);
  }
  return *lines;  // expect: FA606
}
int show_last(fa::SmartAlloc& alloc) {
  std::vector<std::unique_ptr<Page>> pages;
  pages.push_back(std::make_unique<Page>(alloc));
  const int* lines = alloc.frame_new<int>(3);
  pages.pop_back();
  return *lines;  // expect: FA606
}
