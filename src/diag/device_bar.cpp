// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/device_bar.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace framealloc::detail {

namespace {

constexpr double kLeastRegion = 1;  // what is narrower is drawn together with its neighbors
constexpr double kSmall = 10;       // of the font, see device_picture_style()

std::string_view hatch_of(DeviceLifetime lifetime) noexcept {
  switch (lifetime) {
    case DeviceLifetime::Persistent:
      return {};
    case DeviceLifetime::Frame:
      return "fa-frame";
    case DeviceLifetime::MultiFrame:
      return "fa-multi";
  }
  return {};
}

// What a stretch of a bar looks like.
struct Look {
  enum class Kind : std::uint8_t { Free, Padding, Held } kind = Kind::Free;
  std::size_t color = 0;
  bool retired = false;
  DeviceLifetime lifetime = DeviceLifetime::Persistent;
  friend bool operator==(const Look&, const Look&) = default;
};

class Bar {
 public:
  Bar(SvgText& svg, const DeviceColors& colors) : svg_(svg), colors_(colors) {}

  void draw(const DeviceBlock& block, const SvgBox& box) {
    svg_.text("fa-small", box.x, box.y - 3, label_of(block, box.width));
    svg_.rectangle("fa-empty", box, describe(block));
    draw_regions(block, box);
    svg_.rectangle(outline_of(block.kind), box);
  }

 private:
  static std::string describe(const DeviceBlock& block) {
    std::string text;
    append_part(text, readable_bytes(block.size));
    append_part(text, to_string(block.kind));
    append_part(text, "type " + std::to_string(block.type));
    append_part(text, block.intent);
    append_part(text, to_string(block.lifetime));
    return text;
  }
  // The longest of a few that fits.
  static std::string label_of(const DeviceBlock& block, double room) {
    const std::string full = describe(block);
    std::string middle = readable_bytes(block.size);
    append_part(middle, block.intent.empty() ? to_string(block.kind) : block.intent);
    for (const std::string& label : {full, middle, readable_bytes(block.size)}) {
      if (text_width(label, kSmall) <= room) return label;
    }
    return {};
  }

  // Neighbors that are too narrow to be seen, drawn as what most of them is.
  struct Crowd {
    double from = 0;
    double to = 0;
    std::size_t count = 0;
    std::uint64_t bytes = 0;
    std::vector<std::pair<Look, double>> looks;  // and their pixels
  };
  [[nodiscard]] Look look_of(const DeviceRegion& region) const {
    switch (region.state) {
      case DeviceRegionState::Free:
        return {};
      case DeviceRegionState::Padding:
        return {Look::Kind::Padding};
      case DeviceRegionState::Used:
      case DeviceRegionState::Retired:
        break;
    }
    return {Look::Kind::Held, colors_.color_of(region.tag),
            region.state == DeviceRegionState::Retired, region.lifetime};
  }
  void draw_regions(const DeviceBlock& block, const SvgBox& bar) {
    if (block.size == 0) return;
    const double scale = bar.width / static_cast<double>(block.size);
    Crowd crowd;
    std::uint64_t at = 0;
    for (const DeviceRegion& region : block.regions) {
      const std::uint64_t begin = std::clamp(region.offset, at, block.size);
      const std::uint64_t end = begin + std::min(region.size, block.size - begin);
      if (begin == end) continue;
      const double from = bar.x + static_cast<double>(begin) * scale;
      const double to = bar.x + static_cast<double>(end) * scale;
      if (begin != at) flush(crowd, bar);
      at = end;
      const Look look = look_of(region);
      if (to - from >= kLeastRegion) {
        flush(crowd, bar);
        if (look.kind != Look::Kind::Free)
          draw_region(region, look, {from, bar.y, to - from, bar.height});
        continue;
      }
      join(crowd, look, from, to, end - begin);
      if (crowd.to - crowd.from >= kLeastRegion) flush(crowd, bar);
    }
    flush(crowd, bar);
  }
  static void join(Crowd& crowd, const Look& look, double from, double to, std::uint64_t bytes) {
    if (crowd.count++ == 0) crowd.from = from;
    crowd.to = to;
    crowd.bytes += bytes;
    const auto known = std::ranges::find(crowd.looks, look, &std::pair<Look, double>::first);
    if (known != crowd.looks.end()) {
      known->second += to - from;
    } else {
      crowd.looks.emplace_back(look, to - from);
    }
  }
  void flush(Crowd& crowd, const SvgBox& bar) {
    if (crowd.count != 0) {
      const Look& look =
          std::ranges::max_element(crowd.looks, {}, &std::pair<Look, double>::second)->first;
      if (look.kind != Look::Kind::Free) {
        fill(look, {crowd.from, bar.y, crowd.to - crowd.from, bar.height},
             counted(crowd.count, "region") + ", " + readable_bytes(crowd.bytes));
      }
    }
    crowd = {};
  }
  void fill(const Look& look, const SvgBox& box, std::string_view hint) {
    if (look.kind == Look::Kind::Padding) return svg_.rectangle("fa-pad", box, hint);
    const std::string style =
        "fa-c" + std::to_string(look.color) + (look.retired ? " fa-retired" : "");
    svg_.rectangle(style, box, hint);
    const std::string_view hatch = hatch_of(look.lifetime);
    if (!hatch.empty()) svg_.rectangle(hatch, box);
  }
  void draw_region(const DeviceRegion& region, const Look& look, const SvgBox& box) {
    std::string hint;
    if (look.kind == Look::Kind::Held) {
      append_part(hint, name_of_tag(region.tag));
      append_part(hint, region.name);
    }
    append_part(hint, readable_bytes(region.size));
    append_part(hint, "at " + std::to_string(region.offset));
    append_part(hint, to_string(region.state));
    if (look.kind == Look::Kind::Held) {
      append_part(hint, to_string(region.lifetime));
      if (region.frame != 0) append_part(hint, "frame " + std::to_string(region.frame));
    }
    fill(look, box, hint);
    if (look.kind != Look::Kind::Held) return;
    const std::size_t last = region.tag.rfind("::");
    const std::string_view tag =
        std::string_view(region.tag).substr(last == std::string::npos ? 0 : last + 2);
    const std::string label = text_that_fits(
        region.name.empty() ? tag : std::string_view(region.name), kSmall, box.width - 6);
    svg_.text("fa-name", box.x + 3, box.y + box.height / 2 + 3.5, label);
    // A line between neighbors of one color.
    svg_.line("fa-line", box.x + box.width, box.y, box.x + box.width, box.y + box.height);
  }

  SvgText& svg_;
  const DeviceColors& colors_;
};

}  // namespace

void draw_device_bar(SvgText& svg, const DeviceColors& colors, const DeviceBlock& block,
                     const SvgBox& box) {
  Bar(svg, colors).draw(block, box);
}

std::string_view outline_of(DeviceBlockKind kind) noexcept {
  switch (kind) {
    case DeviceBlockKind::Block:
      return "fa-block";
    case DeviceBlockKind::Ring:
      return "fa-ring";
    case DeviceBlockKind::Dedicated:
      return "fa-dedicated";
  }
  return "fa-block";
}

std::string name_of_tag(std::string_view path) {
  return path.empty() ? std::string("(untagged)") : std::string(path);
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count).append(" ").append(noun).append(count == 1 ? "" : "s");
}

void append_part(std::string& text, std::string_view part) {
  if (part.empty()) return;
  if (!text.empty()) text += " \xc2\xb7 ";
  text += part;
}

}  // namespace framealloc::detail
