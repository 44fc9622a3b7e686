// SPDX-License-Identifier: MIT OR Apache-2.0
// A loop for a game on SDL2: each pass is a frame, its events are frame memory.
#pragma once

#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/scopes.hpp>
#include <framealloc/sdl2/overlay_window.hpp>
#include <framealloc/smart_alloc.hpp>

#include <SDL.h>

#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

namespace framealloc::sdl2 {

struct LoopSettings {
  double target_hz = 60;         ///< passes a second, at most; 0 = as fast as the renderer presents
  std::uint64_t max_frames = 0;  ///< passes after which the loop ends; 0 = none
  bool overlay = false;          ///< the window of the module imgui over each pass
};

struct MemoryHook : c_hooks::Global<MemoryHook> {};

/// Effect: SDL allocates from `memory` from now on. Blocks that it made before are freed through the
/// same functions and go to the Fallback of `memory` (SDL#3043, #8967, #11938). Result: false, and
/// nothing changes, while another Memory is installed. Requirement: `memory` outlives SDL's use of
/// it, which goes on after SDL_Quit(): make it static. Thread contract: while no other thread is in
/// SDL.
inline bool install_memory(c_hooks::Memory& memory) noexcept {
  const bool again = MemoryHook::memory() == &memory;
  if (!MemoryHook::install(memory)) return false;
  if (SDL_SetMemoryFunctions(&MemoryHook::malloc, &MemoryHook::calloc, &MemoryHook::realloc,
                             &MemoryHook::free) == 0) {
    return true;
  }
  if (!again) (void)MemoryHook::uninstall();
  return false;
}

// Holds the loop at a rate, without drifting: what one pass was late, the next has less time for.
class Pace {
 public:
  explicit Pace(double hz) noexcept
      : period_(hz > 0 ? static_cast<double>(SDL_GetPerformanceFrequency()) / hz : 0),
        seconds_(hz > 0 ? 1 / hz : 0) {}
  // Result: seconds since the call before; of the first one, those of a pass.
  double begin() noexcept {
    const auto now = static_cast<double>(SDL_GetPerformanceCounter());
    const double elapsed =
        last_ == 0 ? seconds_ : (now - last_) / static_cast<double>(SDL_GetPerformanceFrequency());
    // A pass that took several periods is not made up for.
    due_ = last_ == 0 || now > due_ + 2 * period_ ? now + period_ : due_ + period_;
    last_ = now;
    return elapsed;
  }
  void wait() const noexcept {
    if (period_ <= 0) return;
    const double left = (due_ - static_cast<double>(SDL_GetPerformanceCounter())) * 1000 /
                        static_cast<double>(SDL_GetPerformanceFrequency());
    if (left >= 1) SDL_Delay(static_cast<Uint32>(left));
  }

 private:
  double period_;
  double seconds_;
  double last_ = 0;
  double due_ = 0;
};

// Result: the events that SDL has, in frame memory. Those that it is denied stay in SDL's queue.
[[nodiscard]] inline std::span<const SDL_Event> take_events(SmartAlloc& alloc) {
  auto events = alloc.frame_vec<SDL_Event>(32);
  SDL_Event event;
  while (events.make_room(1) && SDL_PollEvent(&event) != 0) (void)events.push_back(event);
  return events.into_span();
}

// Result: whether the window was closed. `quit` is that event then, taken out of SDL's queue.
[[nodiscard]] inline bool take_quit(SDL_Event& quit) {
  SDL_PumpEvents();
  return SDL_PeepEvents(&quit, 1, SDL_GETEVENT, SDL_QUIT, SDL_QUIT) == 1;
}

/// Effect: begins a frame, takes SDL's events, calls `frame(events, dt)`, draws the overlay if it is
/// asked for, presents, ends the frame and waits for the next pass; until `frame` returns false,
/// SDL_QUIT was among the events that it was called with, or max_frames have passed. `events` is a
/// std::span<const SDL_Event> that is gone with the frame; `dt` is in seconds. `frame` clears and
/// draws. Result: 0; -1, and SDL_GetError() says why, without window or renderer. Thread contract:
/// the thread that drives frames, which is the one that made the window.
template <class Frame>
int run(SmartAlloc& alloc, SDL_Window* window, SDL_Renderer* renderer, const LoopSettings& settings,
        Frame&& frame) {
  static_assert(
      std::is_invocable_r_v<bool, Frame&, std::span<const SDL_Event>, double>,
      "the frame takes (std::span<const SDL_Event>, double) and returns whether to go on");
  if (window == nullptr || renderer == nullptr) {
    return SDL_SetError("framealloc::sdl2::run() needs a window and a renderer; the %s is null",
                        window == nullptr ? "window" : "renderer");
  }
  std::optional<OverlayWindow> overlay;
  if (settings.overlay) overlay.emplace(alloc, window, renderer);
  Pace pace(settings.target_hz);
  bool go_on = true;
  for (std::uint64_t pass = 1; go_on; ++pass) {
    const double dt = pace.begin();
    {
      const ScopedFrame open = alloc.scoped_frame();
      std::span<const SDL_Event> events = take_events(alloc);
      // A window can be closed also while there is no memory for events.
      SDL_Event quit;
      if (events.empty() && take_quit(quit)) events = {&quit, 1};
      go_on = frame(events, dt);
      for (const SDL_Event& event : events) go_on = go_on && event.type != SDL_QUIT;
      if (overlay) overlay->draw(events, dt);
      SDL_RenderPresent(renderer);
    }
    if (pass == settings.max_frames) break;
    if (go_on) pace.wait();
  }
  return 0;
}

}  // namespace framealloc::sdl2
