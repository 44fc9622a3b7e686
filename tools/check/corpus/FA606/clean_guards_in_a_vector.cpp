// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <utility>
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
  const int count = *lines;
  pages.clear();
  return count;
}
int show_both(fa::SmartAlloc& alloc) {
  std::vector<std::unique_ptr<Page>> pages;
  auto page = std::make_unique<Page>(alloc);
  const int* lines = alloc.frame_new<int>(3);
  pages.push_back(std::move(page));
  page.reset();
  return *lines;
}
class Session {
 public:
  explicit Session(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int turn() {
    pages_.push_back(std::make_unique<Page>(alloc_));
    const int* lines = alloc_.frame_new<int>(3);
    auto taken = std::move(pages_.back());
    pages_.pop_back();
    return *lines;
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<std::unique_ptr<Page>> pages_;
};
