// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  int result = 0;
  for (int turn = 0; turn < 4; ++turn) {
    const auto frame = alloc.scoped_frame();
    auto prices = alloc.frame_map<int, int>(8);
    prices.insert_or_assign(turn, 30);
    if (auto at = prices.find(turn); at != prices.end()) {
      result += at->second;
      prices.erase(at);
    }
    for (auto& [key, value] : prices) result += key + value;
  }
  return result;
}
