// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <numeric>
#include <string>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto in_frame = [&alloc](auto&& work) {
    const auto frame = alloc.scoped_frame();
    return work(alloc);
  };
  const int sum = in_frame([](fa::SmartAlloc& a) {
    auto values = a.frame_slice<int>(9);
    return std::accumulate(values.begin(), values.end(), 1);
  });
  const std::string name = in_frame([](fa::SmartAlloc& a) {
    auto text = a.frame_string(8);
    text.append("x");
    return std::string(text.data(), text.size());
  });
  return sum + static_cast<int>(name.size());
}
