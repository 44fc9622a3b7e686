// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <memory>
#include <tuple>
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
class NamedPage : public Page {
 public:
  NamedPage(fa::SmartAlloc& alloc, int id) : Page(alloc), id_(id) {}
  int id() const { return id_; }

 private:
  int id_;
};
class CountedPage : public Page {
 public:
  explicit CountedPage(fa::SmartAlloc& alloc) : Page(alloc) { ++open; }
  ~CountedPage() { --open; }
  static inline int open = 0;
};
int named(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    NamedPage page(alloc, 4);
    lines = alloc.frame_new<int>(page.id());
  }
  return *lines;  // expect: FA606
}
int counted(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    CountedPage page(alloc);
    lines = alloc.frame_new<int>(3);
  }
  return *lines;  // expect: FA606
}
int paired(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    std::pair<int, std::unique_ptr<Page>> page(1, std::make_unique<Page>(alloc));
    lines = alloc.frame_new<int>(page.first);
  }
  return *lines;  // expect: FA606
}
class Document {
 public:
  explicit Document(fa::SmartAlloc& alloc) { pages_.push_back(std::make_unique<Page>(alloc)); }

 private:
  std::vector<std::unique_ptr<Page>> pages_;
};
int document(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    Document document(alloc);
    lines = alloc.frame_new<int>(3);
  }
  return *lines;  // expect: FA606
}
int in_array(fa::SmartAlloc& alloc) {
  const int* lines = nullptr;
  {
    std::array<std::unique_ptr<Page>, 1> pages{std::make_unique<Page>(alloc)};
    lines = alloc.frame_new<int>(3);
  }
  return *lines;  // expect: FA606
}
