// SPDX-License-Identifier: MIT OR Apache-2.0
// A window without a display, drawn by SDL's software renderer: passes, events, the overlay's pixels.
#include <framealloc/sdl2/loop.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "support/denials.hpp"
#include "support/report_log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace framealloc::sdl2 {
namespace {

constexpr int kWidth = 800;
constexpr int kHeight = 700;
constexpr Uint32 kBackground = 0xFF203040;
constexpr Uint32 kBox = 0xFFF08010;
constexpr SDL_Rect kBoxAt{780, 680, 10, 10};

class Sdl2Loop : public ::testing::Test {
 protected:
  void SetUp() override {
    SDL_setenv("SDL_VIDEODRIVER", "dummy", 1);
    ASSERT_EQ(SDL_Init(SDL_INIT_VIDEO), 0) << SDL_GetError();
    window = SDL_CreateWindow("framealloc", 0, 0, kWidth, kHeight, 0);
    ASSERT_NE(window, nullptr) << SDL_GetError();
    renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
    ASSERT_NE(renderer, nullptr) << SDL_GetError();
  }
  void TearDown() override {
    SDL_DestroyRenderer(renderer);
    SDL_DestroyWindow(window);
    SDL_Quit();
  }
  void draw() const {
    SDL_SetRenderDrawColor(renderer, 0x20, 0x30, 0x40, 255);
    SDL_RenderClear(renderer);
    SDL_SetRenderDrawColor(renderer, 0xF0, 0x80, 0x10, 255);
    SDL_RenderFillRect(renderer, &kBoxAt);
  }
  [[nodiscard]] std::vector<Uint32> screenshot() const {
    std::vector<Uint32> pixels(std::size_t{kWidth} * kHeight);
    EXPECT_EQ(SDL_RenderReadPixels(renderer, nullptr, SDL_PIXELFORMAT_ARGB8888, pixels.data(),
                                   kWidth * 4),
              0)
        << SDL_GetError();
    return pixels;
  }
  static void save(const std::vector<Uint32>& pixels, const char* name) {
    std::vector<Uint32> copy = pixels;
    SDL_Surface* const surface = SDL_CreateRGBSurfaceWithFormatFrom(
        copy.data(), kWidth, kHeight, 32, kWidth * 4, SDL_PIXELFORMAT_ARGB8888);
    SDL_SaveBMP(surface, (std::string(FRAMEALLOC_SDL2_OUTPUT "/") + name).c_str());
    SDL_FreeSurface(surface);
  }
  framealloc::testing::ReportLog log;
  SmartAlloc alloc{
      AllocConfig().with_report_handler(&framealloc::testing::ReportLog::handler, &log)};
  SDL_Window* window = nullptr;
  SDL_Renderer* renderer = nullptr;
};

void push(Uint32 type, Sint32 code = 0) {
  SDL_Event event{};
  event.type = type;
  event.user.code = code;
  ASSERT_EQ(SDL_PushEvent(&event), 1);
}

TEST_F(Sdl2Loop, EachPassIsAFrame) {
  std::uint64_t passes = 0;
  const LoopSettings settings{.target_hz = 0, .max_frames = 25};
  EXPECT_EQ(run(alloc, window, renderer, settings,
                [&](std::span<const SDL_Event>, double dt) {
                  ++passes;
                  EXPECT_TRUE(alloc.in_frame());
                  EXPECT_EQ(alloc.frame_number(), passes);
                  EXPECT_GE(dt, 0.0);
                  return true;
                }),
            0);
  EXPECT_EQ(passes, 25U);
  EXPECT_FALSE(alloc.in_frame());
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(Sdl2Loop, EndsWhenTheFrameSaysSoOrTheWindowIsClosed) {
  int passes = 0;
  EXPECT_EQ(run(alloc, window, renderer, {.target_hz = 0, .max_frames = 100},
                [&](std::span<const SDL_Event>, double) { return ++passes < 7; }),
            0);
  EXPECT_EQ(passes, 7);
  passes = 0;
  EXPECT_EQ(run(alloc, window, renderer, {.target_hz = 0, .max_frames = 100},
                [&](std::span<const SDL_Event> events, double) {
                  if (++passes == 3) push(SDL_QUIT);
                  if (passes == 4) {
                    bool seen = false;
                    for (const SDL_Event& event : events) seen = seen || event.type == SDL_QUIT;
                    EXPECT_TRUE(seen) << "the frame is told";
                  }
                  return true;
                }),
            0);
  EXPECT_EQ(passes, 4);
}

TEST_F(Sdl2Loop, EventsComeInTheirOrderInFrameMemory) {
  SDL_PumpEvents();
  SDL_FlushEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
  constexpr Sint32 kEvents = 300;
  for (Sint32 i = 0; i < kEvents; ++i) push(SDL_USEREVENT, i);
  Sint32 next = 0;
  EXPECT_EQ(run(alloc, window, renderer, {.target_hz = 0, .max_frames = 2},
                [&](std::span<const SDL_Event> events, double) {
                  for (const SDL_Event& event : events) {
                    if (event.type != SDL_USEREVENT) continue;
                    EXPECT_EQ(event.user.code, next++);
                  }
                  if (next == kEvents && !events.empty()) {
                    EXPECT_GE(alloc.frame_stats().bytes_allocated, events.size_bytes());
                  }
                  return true;
                }),
            0);
  EXPECT_EQ(next, kEvents);
}

// With nothing to put them in, events wait in SDL's queue.
TEST_F(Sdl2Loop, EventsThatAreDeniedMemoryAreNotLost) {
  SDL_PumpEvents();
  SDL_FlushEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
  for (Sint32 i = 0; i < 100; ++i) push(SDL_USEREVENT, i);
  EXPECT_TRUE(take_events(alloc).empty()) << "no frame is open";
  alloc.begin_frame();
  std::size_t found = 0;
  for (const SDL_Event& event : take_events(alloc)) found += event.type == SDL_USEREVENT ? 1U : 0U;
  EXPECT_EQ(found, 100U);
  alloc.end_frame();
}

TEST_F(Sdl2Loop, EachDenialOfMemoryForEventsLosesNone) {
  const auto run = [](std::size_t budget, framealloc::testing::ReportLog& told) {
    SDL_PumpEvents();
    SDL_FlushEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
    for (Sint32 i = 0; i < 100; ++i) push(SDL_USEREVENT, i);
    SmartAlloc small(
        AllocConfig().with_report_handler(&framealloc::testing::ReportLog::handler, &told));
    small.set_thread_frame_budget(budget);
    Sint32 next = 0;
    const auto take = [&] {
      const ScopedFrame frame = small.scoped_frame();
      for (const SDL_Event& event : take_events(small)) {
        if (event.type != SDL_USEREVENT) continue;
        EXPECT_EQ(event.user.code, next++);
      }
    };
    take();
    EXPECT_EQ(next < 100, told.size() != 0);
    small.set_thread_frame_budget(0);
    take();
    EXPECT_EQ(next, 100);
  };
  EXPECT_GT(framealloc::testing::with_each_request_denied(run), 2U);
}

TEST_F(Sdl2Loop, TheWindowCanBeClosedWithoutMemoryForEvents) {
  SDL_PumpEvents();
  SDL_FlushEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
  alloc.set_thread_frame_budget(16);
  int passes = 0;
  EXPECT_EQ(run(alloc, window, renderer, {.target_hz = 0, .max_frames = 100},
                [&](std::span<const SDL_Event> events, double) {
                  if (++passes == 2) {
                    push(SDL_USEREVENT, 7);
                    push(SDL_QUIT);
                  }
                  EXPECT_EQ(events.size(), passes == 3 ? 1U : 0U);
                  return true;
                }),
            0);
  EXPECT_EQ(passes, 3);
  alloc.set_thread_frame_budget(0);
  EXPECT_EQ(SDL_HasEvent(SDL_USEREVENT), SDL_TRUE) << "what was denied is still there";
}

TEST_F(Sdl2Loop, WithoutAWindowItSaysWhatIsMissing) {
  const auto never = [](std::span<const SDL_Event>, double) { return true; };
  EXPECT_EQ(run(alloc, window, nullptr, {}, never), -1);
  EXPECT_NE(std::string(SDL_GetError()).find("the renderer is null"), std::string::npos);
  EXPECT_EQ(run(alloc, nullptr, renderer, {}, never), -1);
  EXPECT_NE(std::string(SDL_GetError()).find("the window is null"), std::string::npos);
  EXPECT_FALSE(alloc.in_frame());
}

TEST_F(Sdl2Loop, TheOverlayIsDrawnOverTheGameAndTheGameIsLeftAlone) {
  std::vector<Uint32> plain;
  std::vector<Uint32> with;
  for (const bool overlay : {false, true}) {
    const LoopSettings settings{.target_hz = 0, .max_frames = 4, .overlay = overlay};
    EXPECT_EQ(run(alloc, window, renderer, settings,
                  [&](std::span<const SDL_Event>, double) {
                    const auto scope = alloc.tag_scope("render");
                    EXPECT_NE(alloc.frame_alloc_batch<std::byte>(10'000), nullptr);
                    draw();
                    return true;
                  }),
              0);
    (overlay ? with : plain) = screenshot();
  }
  save(with, "overlay.bmp");
  const auto pixel = [](const std::vector<Uint32>& of, int x, int y) {
    return of[static_cast<std::size_t>(y) * kWidth + static_cast<std::size_t>(x)];
  };
  // Without it there is the background and the box.
  EXPECT_EQ(std::set<Uint32>(plain.begin(), plain.end()), (std::set<Uint32>{kBackground, kBox}));
  // With it a window of 760 by 640 at 60, 60, full of text; around it the game's pixels.
  std::size_t changed = 0;
  std::set<Uint32> colors;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      if (pixel(plain, x, y) == pixel(with, x, y)) continue;
      ++changed;
      colors.insert(pixel(with, x, y));
      ASSERT_GE(x, 59);
      ASSERT_GE(y, 59);
    }
  }
  EXPECT_GT(changed, std::size_t{400'000});
  EXPECT_GT(colors.size(), 20U) << "translucent parts and edges are blended";
  EXPECT_EQ(pixel(with, 400, 70), 0xFF294A7AU) << "the title of ImGui's dark style";
  EXPECT_GT(std::count(with.begin(), with.end(), 0xFFFFFFFFU), 1'000) << "text";
  EXPECT_EQ(pixel(with, 10, 10), kBackground);
  // The renderer is as the game left it.
  EXPECT_EQ(SDL_RenderIsClipEnabled(renderer), SDL_FALSE);
  EXPECT_EQ(ImGui::GetCurrentContext(), nullptr);
  EXPECT_EQ(log.size(), 0U);
}

// SDL's functions have no context.
framealloc::testing::NthRequest* nth_request = nullptr;

// Requirement: the memory is installed.
void expect_each_request_may_be_denied(const SmartAlloc& alloc, const c_hooks::Memory& memory) {
  ASSERT_EQ(SDL_SetMemoryFunctions(
                [](std::size_t size) {
                  return nth_request->call([&] { return MemoryHook::malloc(size); });
                },
                [](std::size_t count, std::size_t size) {
                  return nth_request->call([&] { return MemoryHook::calloc(count, size); });
                },
                [](void* block, std::size_t size) {
                  return nth_request->call([&] { return MemoryHook::realloc(block, size); });
                },
                &MemoryHook::free),
            0);
  bool reached_the_end = false;
  int denied = 0;
  for (std::uint64_t n = 1; n < 1000 && !reached_the_end; ++n) {
    SCOPED_TRACE(n);
    framealloc::testing::NthRequest nth(*alloc.budgets(), "engine::sdl", n);
    nth_request = &nth;
    const std::size_t blocks = memory.stats().blocks;
    const std::uint64_t denials = memory.stats().denials;
    SDL_Surface* const surface =
        SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    char* const text = SDL_strdup("text");
    SDL_RWops* const file = SDL_RWFromConstMem("data", 4);
    denied += surface == nullptr || text == nullptr || file == nullptr ? 1 : 0;
    SDL_FreeSurface(surface);
    SDL_free(text);
    if (file != nullptr) SDL_RWclose(file);
    EXPECT_EQ(memory.stats().blocks, blocks);
    reached_the_end = !nth.was_made();
    EXPECT_EQ(memory.stats().denials - denials, reached_the_end ? 0U : 1U) << "the loss is told";
  }
  EXPECT_TRUE(reached_the_end);
  EXPECT_GT(denied, 2);
  ASSERT_TRUE(install_memory(const_cast<c_hooks::Memory&>(memory)));
}

// SDL keeps blocks until the process ends: the memory does too.
TEST_F(Sdl2Loop, SdlsMemoryIsUnderItsTag) {
  static framealloc::testing::ReportLog told;
  static SmartAlloc lasting([] {
    AllocConfig config;
    config.enable_budgets = true;
    return config.with_report_handler(&framealloc::testing::ReportLog::handler, &told);
  }());
  static c_hooks::Memory memory(lasting, "engine::sdl");
  c_hooks::Memory other(lasting, "other");
  ASSERT_TRUE(install_memory(memory));
  EXPECT_TRUE(install_memory(memory));
  EXPECT_FALSE(install_memory(other));
  SDL_Surface* const surface =
      SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
  ASSERT_NE(surface, nullptr);
  EXPECT_GE(memory.stats().bytes, std::size_t{64} * 64 * 4);
  EXPECT_EQ(memory.stats().bytes, lasting.tag_stats("engine::sdl").heap_bytes);
  SDL_FreeSurface(surface);
  EXPECT_LT(memory.stats().bytes, std::size_t{64} * 64 * 4);
  expect_each_request_may_be_denied(lasting, memory);
  // What follows, the window and SDL_Quit(), frees blocks that are older than the hook.
}

}  // namespace
}  // namespace framealloc::sdl2
