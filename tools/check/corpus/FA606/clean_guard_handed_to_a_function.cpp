// SPDX-License-Identifier: MIT OR Apache-2.0
// A guard that a function takes over may be kept by it.
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
class Book {
 public:
  void take(std::unique_ptr<Page> page) { pages_.push_back(std::move(page)); }

 private:
  std::vector<std::unique_ptr<Page>> pages_;
};
void keep(std::unique_ptr<Page> page);
int show(fa::SmartAlloc& alloc, Book& book) {
  auto page = std::make_unique<Page>(alloc);
  const int* lines = alloc.frame_new<int>(3);
  book.take(std::move(page));
  return *lines;
}
int show_new(fa::SmartAlloc& alloc, Book& book) {
  book.take(std::make_unique<Page>(alloc));
  const int* lines = alloc.frame_new<int>(3);
  return *lines;
}
int show_last(fa::SmartAlloc& alloc) {
  auto page = std::make_unique<Page>(alloc);
  const int* lines = alloc.frame_new<int>(3);
  keep(std::move(page));
  return *lines;
}
int show_once(fa::SmartAlloc& alloc) {
  int lines = 0;
  {
    std::unique_ptr<Page> page;
    page = std::make_unique<Page>(alloc);
    const int* count = alloc.frame_new<int>(3);
    lines = *count;
  }
  return lines;
}
