// SPDX-License-Identifier: MIT OR Apache-2.0
// The overlay of the module imgui in a window of SDL2, drawn by SDL's own renderer.
#pragma once

#include <framealloc/imgui/overlay.hpp>
#include <framealloc/smart_alloc.hpp>

#include <SDL.h>
#include <imgui.h>

#include <cstddef>
#include <span>

namespace framealloc::sdl2 {

/// Has an ImGui context of its own, so that a game's is left alone; what the game's mouse does is
/// the overlay's too. Thread contract: the thread of the renderer.
class OverlayWindow {
 public:
  /// Requirement: window and renderer outlive it.
  OverlayWindow(const SmartAlloc& alloc, SDL_Window* window, SDL_Renderer* renderer)
      : window_(window), renderer_(renderer), overlay_(alloc) {
    const Current current(nullptr);
    context_ = ImGui::CreateContext();
    ImGui::SetCurrentContext(context_);
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    unsigned char* pixels = nullptr;
    int width = 0;
    int height = 0;
    io.Fonts->GetTexDataAsRGBA32(&pixels, &width, &height);
    font_ = SDL_CreateTexture(renderer_, SDL_PIXELFORMAT_RGBA32, SDL_TEXTUREACCESS_STATIC, width,
                              height);
    if (font_ != nullptr) {
      SDL_UpdateTexture(font_, nullptr, pixels, width * 4);
      SDL_SetTextureBlendMode(font_, SDL_BLENDMODE_BLEND);
    }
  }
  ~OverlayWindow() {
    const Current current(context_);
    ImGui::DestroyContext(context_);
    if (font_ != nullptr) SDL_DestroyTexture(font_);
  }
  OverlayWindow(const OverlayWindow&) = delete;
  OverlayWindow& operator=(const OverlayWindow&) = delete;

  /// Effect: draws the overlay over what the renderer shows. `events` are those of this pass.
  void draw(std::span<const SDL_Event> events, double dt) {
    const Current current(context_);
    ImGuiIO& io = ImGui::GetIO();
    int width = 0;
    int height = 0;
    SDL_GetWindowSize(window_, &width, &height);
    int pixels_wide = width;
    int pixels_high = height;
    SDL_GetRendererOutputSize(renderer_, &pixels_wide, &pixels_high);
    if (width <= 0 || height <= 0) return;  // minimized
    io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
    io.DisplayFramebufferScale =
        ImVec2(static_cast<float>(pixels_wide) / static_cast<float>(width),
               static_cast<float>(pixels_high) / static_cast<float>(height));
    io.DeltaTime = dt > 0 ? static_cast<float>(dt) : 1.0F / 1000;
    for (const SDL_Event& event : events) tell(io, event);
    ImGui::NewFrame();
    overlay_.draw();
    ImGui::Render();
    render(*ImGui::GetDrawData());
  }

 private:
  // Puts the game's context back.
  class Current {
   public:
    explicit Current(ImGuiContext* context) : before_(ImGui::GetCurrentContext()) {
      if (context != nullptr) ImGui::SetCurrentContext(context);
    }
    ~Current() { ImGui::SetCurrentContext(before_); }
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;

   private:
    ImGuiContext* before_;
  };

  static void tell(ImGuiIO& io, const SDL_Event& event) {
    if (event.type == SDL_MOUSEMOTION) {
      move(io, static_cast<float>(event.motion.x), static_cast<float>(event.motion.y));
    } else if (event.type == SDL_MOUSEBUTTONDOWN || event.type == SDL_MOUSEBUTTONUP) {
      move(io, static_cast<float>(event.button.x), static_cast<float>(event.button.y));
      const int button = event.button.button == SDL_BUTTON_LEFT    ? 0
                         : event.button.button == SDL_BUTTON_RIGHT ? 1
                                                                   : 2;
      press(io, button, event.type == SDL_MOUSEBUTTONDOWN);
    } else if (event.type == SDL_MOUSEWHEEL) {
      scroll(io, static_cast<float>(event.wheel.y));
    }
  }
#if IMGUI_VERSION_NUM >= 18700
  static void move(ImGuiIO& io, float x, float y) { io.AddMousePosEvent(x, y); }
  static void press(ImGuiIO& io, int button, bool down) { io.AddMouseButtonEvent(button, down); }
  static void scroll(ImGuiIO& io, float by) { io.AddMouseWheelEvent(0, by); }
#else
  static void move(ImGuiIO& io, float x, float y) { io.MousePos = ImVec2(x, y); }
  static void press(ImGuiIO& io, int button, bool down) { io.MouseDown[button] = down; }
  static void scroll(ImGuiIO& io, float by) { io.MouseWheel += by; }
#endif

  // Puts the game's clip rectangle, viewport and scale back.
  class RendererState {
   public:
    explicit RendererState(SDL_Renderer* renderer)
        : renderer_(renderer), clipped_(SDL_RenderIsClipEnabled(renderer) == SDL_TRUE) {
      SDL_RenderGetViewport(renderer, &viewport_);
      SDL_RenderGetClipRect(renderer, &clip_);
      SDL_RenderGetScale(renderer, &scale_x_, &scale_y_);
    }
    ~RendererState() {
      SDL_RenderSetScale(renderer_, scale_x_, scale_y_);
      SDL_RenderSetViewport(renderer_, &viewport_);
      SDL_RenderSetClipRect(renderer_, clipped_ ? &clip_ : nullptr);
    }
    RendererState(const RendererState&) = delete;
    RendererState& operator=(const RendererState&) = delete;

   private:
    SDL_Renderer* renderer_;
    bool clipped_;
    SDL_Rect viewport_{};
    SDL_Rect clip_{};
    float scale_x_ = 1;
    float scale_y_ = 1;
  };

  void render(const ImDrawData& data) {
    const RendererState state(renderer_);
    SDL_RenderSetViewport(renderer_, nullptr);
    SDL_RenderSetScale(renderer_, data.FramebufferScale.x, data.FramebufferScale.y);
    for (int n = 0; n < data.CmdListsCount; ++n) {
      const ImDrawList& list = *data.CmdLists[n];
      for (const ImDrawCmd& command : list.CmdBuffer) {
        if (command.UserCallback == nullptr) triangles(list, command);
      }
    }
  }
  void triangles(const ImDrawList& list, const ImDrawCmd& command) {
    const SDL_Rect clip{static_cast<int>(command.ClipRect.x), static_cast<int>(command.ClipRect.y),
                        static_cast<int>(command.ClipRect.z - command.ClipRect.x),
                        static_cast<int>(command.ClipRect.w - command.ClipRect.y)};
    if (clip.w <= 0 || clip.h <= 0) return;
    SDL_RenderSetClipRect(renderer_, &clip);
    const ImDrawVert* const first = list.VtxBuffer.Data + command.VtxOffset;
    const auto vertices = list.VtxBuffer.Size - static_cast<int>(command.VtxOffset);
#if SDL_VERSION_ATLEAST(2, 0, 20)
    using Color = SDL_Color;
#else
    using Color = int;
#endif
    SDL_RenderGeometryRaw(renderer_, font_, &first->pos.x, sizeof(ImDrawVert),
                          static_cast<const Color*>(static_cast<const void*>(&first->col)),
                          sizeof(ImDrawVert), &first->uv.x, sizeof(ImDrawVert), vertices,
                          list.IdxBuffer.Data + command.IdxOffset,
                          static_cast<int>(command.ElemCount), sizeof(ImDrawIdx));
  }

  SDL_Window* window_;
  SDL_Renderer* renderer_;
  imgui::Overlay overlay_;
  ImGuiContext* context_ = nullptr;
  SDL_Texture* font_ = nullptr;
};

}  // namespace framealloc::sdl2
