// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>
#include <span>
#include <thread>
#include <utility>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  std::promise<std::span<const int>> promise;
  int sum = 0;
  std::thread consumer([future = promise.get_future(), &sum]() mutable {
    for (const int value : future.get()) sum += value;
  });
  alloc.begin_frame();
  auto values = alloc.frame_slice<int>(32);
  promise.set_value(values.span());  // expect: FA201
  alloc.end_frame();
  consumer.join();
  return sum;
}
