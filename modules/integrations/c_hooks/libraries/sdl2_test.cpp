// SPDX-License-Identifier: MIT OR Apache-2.0
// SDL2: the four functions of the C library, installed before and after SDL has allocated.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <SDL.h>

namespace framealloc::c_hooks {
namespace {

struct SdlSlot {};
using SdlHook = Global<SdlSlot>;

// SDL#3043, #8967, #11938: what SDL made before the hook is freed through it.
TEST(CHooksSdl2, ASurfaceLivesUnderItsTagAndOlderBlocksGoHome) {
  void* const older = SDL_malloc(100);
  void* grown = SDL_malloc(100);
  SDL_memset(grown, 7, 100);
  SDL_setenv("FRAMEALLOC_OLDER", "1", 1);
  SmartAlloc alloc;
  Memory memory(alloc, "engine::sdl");
  ASSERT_TRUE(SdlHook::install(memory));
  SDL_malloc_func old_malloc = nullptr;
  SDL_calloc_func old_calloc = nullptr;
  SDL_realloc_func old_realloc = nullptr;
  SDL_free_func old_free = nullptr;
  SDL_GetMemoryFunctions(&old_malloc, &old_calloc, &old_realloc, &old_free);
  ASSERT_EQ(
      SDL_SetMemoryFunctions(&SdlHook::malloc, &SdlHook::calloc, &SdlHook::realloc, &SdlHook::free),
      0);
  SDL_free(older);
  grown = SDL_realloc(grown, 10'000);
  ASSERT_NE(grown, nullptr);
  EXPECT_EQ(static_cast<unsigned char*>(grown)[99], 7);
  EXPECT_FALSE(memory.owns(grown));
  SDL_free(grown);
  EXPECT_EQ(memory.stats().foreign, 3U);

  SDL_Surface* const surface =
      SDL_CreateRGBSurfaceWithFormat(0, 256, 256, 32, SDL_PIXELFORMAT_ARGB8888);
  ASSERT_NE(surface, nullptr);
  EXPECT_TRUE(memory.owns(surface));
  EXPECT_GE(memory.stats().bytes, std::size_t{256} * 256 * 4);
  EXPECT_EQ(memory.stats().bytes, alloc.tag_stats("engine::sdl").heap_bytes);
  ASSERT_EQ(SDL_FillRect(surface, nullptr, 0xFF00FF00), 0);
  SDL_FreeSurface(surface);
  const MemoryStats after = memory.stats();
  EXPECT_LT(after.bytes, 10'000U) << "SDL keeps a pixel format at most";
  ASSERT_EQ(SDL_SetMemoryFunctions(old_malloc, old_calloc, old_realloc, old_free), 0);
  EXPECT_EQ(SdlHook::uninstall(), &memory);
}

}  // namespace
}  // namespace framealloc::c_hooks
