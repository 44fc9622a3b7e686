// SPDX-License-Identifier: MIT OR Apache-2.0
// Dear ImGui: a context of its own order of parameters.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include "libraries/mallocs.hpp"

#include <imgui.h>

#include <cstddef>

namespace framealloc::c_hooks {
namespace {

void frame() {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(800, 600);
  io.DeltaTime = 1.0F / 60;
  ImGui::NewFrame();
  ImGui::Begin("Figures");
  for (int i = 0; i < 20; ++i) ImGui::Text("row %d", i);
  ImGui::End();
  ImGui::Render();
}

TEST(CHooksImGui, AContextLivesUnderItsTagAndIsQuietWhenWarm) {
  SmartAlloc alloc;
  Memory memory(alloc, "tools::imgui");
  ImGuiMemAllocFunc old_alloc = nullptr;
  ImGuiMemFreeFunc old_free = nullptr;
  void* old_user = nullptr;
  ImGui::GetAllocatorFunctions(&old_alloc, &old_free, &old_user);
  ImGui::SetAllocatorFunctions([](std::size_t size, void* to) { return malloc_with(to, size); },
                               [](void* block, void* to) { free_with(to, block); }, &memory);
  ImGuiContext* const context = ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &width, &height);
  for (int i = 0; i < 5; ++i) frame();
  const MemoryStats warm = memory.stats();
  EXPECT_GT(warm.bytes, 100'000U);
  EXPECT_EQ(warm.bytes, alloc.tag_stats("tools::imgui").heap_bytes);
  const MallocsInScope mallocs;
  for (int i = 0; i < 50; ++i) frame();
  EXPECT_EQ(mallocs.count(), 0U);
  EXPECT_EQ(memory.stats().allocations, warm.allocations);
  EXPECT_EQ(memory.stats().bytes, warm.bytes);
  ImGui::DestroyContext(context);
  ImGui::SetAllocatorFunctions(old_alloc, old_free, old_user);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().foreign, 0U);
  EXPECT_TRUE(alloc.leak_report().empty());
}

}  // namespace
}  // namespace framealloc::c_hooks
