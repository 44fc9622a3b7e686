// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>
#include <span>
#include <thread>

namespace fa = framealloc;

struct Blur {
  void rows(std::span<float> pixels, int from) { pixels[static_cast<std::size_t>(from)] = 0; }
};
void post(fa::SmartAlloc& alloc, Blur& blur) {
  alloc.begin_frame();
  auto pixels = alloc.frame_slice<float>(64);
  std::array<std::thread, 2> threads{
      std::thread(&Blur::rows, &blur, pixels.span(), 0),  // expect: FA201
      std::thread([] {})};
  alloc.end_frame();
  for (std::thread& thread : threads) thread.join();
}
