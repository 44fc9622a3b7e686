// SPDX-License-Identifier: MIT OR Apache-2.0
// A loop on SDL2: a box that moves, drawn with the overlay above it, 60 frames long.
//
//   SDL_VIDEODRIVER=dummy build/debug/examples/sdl2_loop
#include <framealloc/framealloc.hpp>
#include <framealloc/sdl2/loop.hpp>

#include <cstdio>

int main(int, char**) {
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    std::fprintf(stderr, "SDL_Init: %s\n", SDL_GetError());
    return 1;
  }
  SDL_Window* const window = SDL_CreateWindow("boxes", 0, 0, 800, 700, 0);
  SDL_Renderer* const renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
  int result = 1;
  {
    framealloc::SmartAlloc alloc;
    float x = 0;
    std::size_t seen = 0;
    std::size_t drawn = 0;
    const framealloc::sdl2::LoopSettings settings{.max_frames = 60, .overlay = true};
    result = framealloc::sdl2::run(
        alloc, window, renderer, settings, [&](std::span<const SDL_Event> events, double dt) {
          seen += events.size();
          x += static_cast<float>(dt) * 100;
          auto boxes = alloc.frame_vec<SDL_FRect>(1);
          if (boxes.push_back(SDL_FRect{x, 20, 20, 20})) ++drawn;
          SDL_SetRenderDrawColor(renderer, 20, 30, 40, 255);
          SDL_RenderClear(renderer);
          SDL_SetRenderDrawColor(renderer, 240, 128, 16, 255);
          SDL_RenderFillRectsF(renderer, boxes.data(), static_cast<int>(boxes.size()));
          return true;
        });
    std::printf("%llu frames, %zu boxes drawn, %zu events\n",
                static_cast<unsigned long long>(alloc.frame_number()), drawn, seen);
    std::size_t left = 0;
    for (const framealloc::TagStats& tag : alloc.all_tag_stats()) left += tag.current_bytes;
    const bool clean = left == alloc.stats().total_allocated && alloc.leak_report().empty();
    std::printf("%zu bytes left of %zu that a frame took at most; leaks: %s\n", left,
                alloc.frame_stats().high_water, clean ? "none" : "some");
    if (!clean) result = 1;
  }
  SDL_DestroyRenderer(renderer);
  SDL_DestroyWindow(window);
  SDL_Quit();
  return result == 0 ? 0 : 1;
}
