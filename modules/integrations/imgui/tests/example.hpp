// SPDX-License-Identifier: MIT OR Apache-2.0
// The example of README.md; a test compares the two.
#pragma once

#include <framealloc/framealloc.hpp>
#include <framealloc/imgui/overlay.hpp>

class DebugMenu {
 public:
  explicit DebugMenu(const framealloc::SmartAlloc& alloc) : memory_(alloc) {}
  // Between ImGui::NewFrame() and ImGui::Render().
  void draw() {
    if (ImGui::BeginMainMenuBar()) {
      ImGui::MenuItem("Memory", "F9", &show_memory_);
      ImGui::EndMainMenuBar();
    }
    memory_.draw(&show_memory_);
  }

 private:
  framealloc::imgui::Overlay memory_;
  bool show_memory_ = true;
};
