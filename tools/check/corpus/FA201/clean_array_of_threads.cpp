// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <thread>

namespace fa = framealloc;

struct Blur {
  void rows(std::span<float> pixels, int from) { pixels[static_cast<std::size_t>(from)] = 0; }
};
void post(fa::SmartAlloc& alloc, Blur& blur) {
  const auto frame = alloc.scoped_frame();
  auto pixels = alloc.frame_slice<float>(64);
  std::array<std::thread, 2> threads{
      std::thread(std::bind_front(&Blur::rows, &blur), pixels.span(), 0),
      std::thread(&Blur::rows, &blur, pixels.span(), 1)};
  std::ranges::for_each(threads, [](std::thread& thread) { thread.join(); });
}
