// SPDX-License-Identifier: MIT OR Apache-2.0
// Draws what ImGui has made, without a graphics card: triangles with the font's texture, blended
// into memory. The same input gives the same pixels on every machine.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace framealloc::imgui::test {

struct Pixel {
  std::uint8_t r = 0, g = 0, b = 0;
  bool operator==(const Pixel&) const = default;
};
inline Pixel pixel_of(ImU32 color) {
  return {static_cast<std::uint8_t>(color >> IM_COL32_R_SHIFT),
          static_cast<std::uint8_t>(color >> IM_COL32_G_SHIFT),
          static_cast<std::uint8_t>(color >> IM_COL32_B_SHIFT)};
}

class Image {
 public:
  Image(int width, int height)
      : width_(width), height_(height), pixels_(static_cast<std::size_t>(width * height)) {}
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  Pixel& at(int x, int y) { return pixels_[static_cast<std::size_t>(y * width_ + x)]; }
  [[nodiscard]] const Pixel& at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y * width_ + x)];
  }
  // Result: pixels of this color in a row from (x, y) to the right.
  [[nodiscard]] int run(int x, int y, const Pixel& color) const {
    int length = 0;
    while (x + length < width_ && at(x + length, y) == color) ++length;
    return length;
  }
  [[nodiscard]] std::size_t count(const Pixel& color) const {
    return static_cast<std::size_t>(std::count(pixels_.begin(), pixels_.end(), color));
  }

 private:
  int width_;
  int height_;
  std::vector<Pixel> pixels_;
};

class Renderer {
 public:
  Renderer(Image& image, const unsigned char* alpha, int width, int height)
      : image_(image), alpha_(alpha), texture_width_(width), texture_height_(height) {}

  void draw(const ImDrawData& data) {
    for (int n = 0; n < data.CmdListsCount; ++n) {
      const ImDrawList& list = *data.CmdLists[n];
      for (const ImDrawCmd& command : list.CmdBuffer) {
        if (command.UserCallback != nullptr) continue;
        for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
          const auto vertex = [&](unsigned k) -> const ImDrawVert& {
            const auto index = static_cast<int>(command.IdxOffset + i + k);
            return list.VtxBuffer[static_cast<int>(command.VtxOffset) + list.IdxBuffer[index]];
          };
          triangle(vertex(0), vertex(1), vertex(2), command.ClipRect);
        }
      }
    }
  }

 private:
  static float side(const ImVec2& a, const ImVec2& b, float x, float y) {
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
  }
  // A pixel on an edge that two triangles share belongs to one of them.
  static bool owns(const ImVec2& a, const ImVec2& b) {
    return (a.y == b.y && b.x > a.x) || b.y < a.y;
  }
  void triangle(const ImDrawVert& a, ImDrawVert b, ImDrawVert c, const ImVec4& clip) {
    float area = side(a.pos, b.pos, c.pos.x, c.pos.y);
    if (area == 0.0F) return;
    if (area < 0.0F) {
      std::swap(b, c);
      area = -area;
    }
    const auto [low_x, high_x] = std::minmax({a.pos.x, b.pos.x, c.pos.x});
    const auto [low_y, high_y] = std::minmax({a.pos.y, b.pos.y, c.pos.y});
    const auto first = [](float from, float edge) {
      return std::max(0, static_cast<int>(std::floor(std::max(from, edge))));
    };
    const auto last = [](float to, float edge, int size) {
      return std::min(size, static_cast<int>(std::ceil(std::min(to, edge))));
    };
    const int end_y = last(high_y, clip.w, image_.height());
    const int end_x = last(high_x, clip.z, image_.width());
    for (int y = first(low_y, clip.y); y < end_y; ++y) {
      for (int x = first(low_x, clip.x); x < end_x; ++x) {
        const float px = static_cast<float>(x) + 0.5F;
        const float py = static_cast<float>(y) + 0.5F;
        const float wa = side(b.pos, c.pos, px, py);
        const float wb = side(c.pos, a.pos, px, py);
        const float wc = side(a.pos, b.pos, px, py);
        if (wa < 0 || wb < 0 || wc < 0) continue;
        if ((wa == 0 && !owns(b.pos, c.pos)) || (wb == 0 && !owns(c.pos, a.pos)) ||
            (wc == 0 && !owns(a.pos, b.pos))) {
          continue;
        }
        shade(x, y, a, b, c, wa / area, wb / area, wc / area);
      }
    }
  }
  void shade(int x, int y, const ImDrawVert& a, const ImDrawVert& b, const ImDrawVert& c, float wa,
             float wb, float wc) {
    const float u = a.uv.x * wa + b.uv.x * wb + c.uv.x * wc;
    const float v = a.uv.y * wa + b.uv.y * wb + c.uv.y * wc;
    const auto part = [&](int shift) {
      const auto of = [&](ImU32 color) { return static_cast<float>((color >> shift) & 0xFFU); };
      return of(a.col) * wa + of(b.col) * wb + of(c.col) * wc;
    };
    const float alpha = part(IM_COL32_A_SHIFT) / 255.0F * texel(u, v);
    Pixel& pixel = image_.at(x, y);
    const auto blend = [&](std::uint8_t& into, float with) {
      const float mixed = static_cast<float>(into) * (1.0F - alpha) + with * alpha;
      into = static_cast<std::uint8_t>(std::lround(std::clamp(mixed, 0.0F, 255.0F)));
    };
    blend(pixel.r, part(IM_COL32_R_SHIFT));
    blend(pixel.g, part(IM_COL32_G_SHIFT));
    blend(pixel.b, part(IM_COL32_B_SHIFT));
  }
  [[nodiscard]] float texel(float u, float v) const {
    const auto at = [](float part, int size) {
      return std::clamp(static_cast<int>(part * static_cast<float>(size)), 0, size - 1);
    };
    const int index = at(v, texture_height_) * texture_width_ + at(u, texture_width_);
    return static_cast<float>(alpha_[index]) / 255.0F;
  }

  Image& image_;
  const unsigned char* alpha_;
  int texture_width_;
  int texture_height_;
};

}  // namespace framealloc::imgui::test
