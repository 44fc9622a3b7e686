// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <queue>

namespace fa = framealloc;

struct Order {
  int unit = 0;
};
void limit(fa::SmartAlloc& alloc) { alloc.budgets()->register_tag_budget("net", 100, 200); }
void give(fa::SmartAlloc& alloc, std::queue<Order*>* orders, int unit) {
  const auto tag = alloc.tag_scope("orders");  // expect: FA302
  Order* order = alloc.pool_alloc<Order>();
  order->unit = unit;
  orders->push(order);
}
