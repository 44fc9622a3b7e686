// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <vector>

namespace fa = framealloc;

struct Item {
  int id = 0;
};
class Inventory {
 public:
  explicit Inventory(fa::SmartAlloc& alloc) : alloc_(alloc) {
    alloc_.budgets()->register_tag_budget("world", 1024, 4096);
  }
  void add() {
    const fa::TagScope tag = alloc_.tag_scope("inventory");  // expect: FA302
    items_.push_back(alloc_.pool_alloc<Item>());
  }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<Item*> items_;
};
