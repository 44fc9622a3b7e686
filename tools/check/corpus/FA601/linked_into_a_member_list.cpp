// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Link {
  Link* next = nullptr;
  int value = 0;
};
class List {
 public:
  void add(Link* link) {
    link->next = head_;
    head_ = link;
  }

 private:
  Link* head_ = nullptr;
};
class System {
 public:
  void update(fa::SmartAlloc& alloc) {
    Link* link = alloc.frame_new<Link>();
    links_.add(link);  // expect: FA601
  }

 private:
  List links_;
};
