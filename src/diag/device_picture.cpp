// SPDX-License-Identifier: MIT OR Apache-2.0
// A map of a device's memory as a picture.
#include <framealloc/device_map.hpp>

#include "diag/device_bar.hpp"
#include "diag/device_colors.hpp"
#include "diag/svg_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc {

namespace {

using detail::append_part;
using detail::counted;
using detail::DeviceColors;
using detail::name_of_tag;
using detail::outline_of;
using detail::readable_bytes;
using detail::SvgBox;
using detail::SvgText;
using detail::text_that_fits;
using detail::text_width;

constexpr double kWidth = 1200;
constexpr double kMargin = 24;
constexpr double kInner = kWidth - 2 * kMargin;
constexpr double kRight = kMargin + kInner;
constexpr double kBarHeight = 24;
constexpr double kLabelHeight = 13;
constexpr double kGap = 5;
constexpr double kLeastBar = 4;   // a block is seen however small it is
constexpr double kMostRows = 24;  // of a heap, if its blocks were shared out evenly
constexpr std::size_t kMostBars = 2000;
constexpr std::size_t kMostHeaps = 64;
constexpr double kText = 12;  // of the font, see device_picture_style()

class Picture {
 public:
  explicit Picture(const DeviceMap& map) : map_(map), colors_(map) {
    for (const DeviceBlock& block : map.blocks) blocks_[block.heap].push_back(&block);
  }

  std::string draw() {
    draw_title();
    draw_legend();
    std::set<unsigned> drawn;
    std::size_t left_out = 0;
    for (const DeviceHeapFigures& heap : map_.heaps) {
      if (!drawn.insert(heap.heap).second) continue;
      if (drawn.size() > kMostHeaps) {
        ++left_out;
      } else {
        draw_heap(heap.heap, &heap);
      }
    }
    for (const auto& [heap, blocks] : blocks_) {
      if (!drawn.insert(heap).second) continue;
      if (drawn.size() > kMostHeaps) {
        ++left_out;
      } else {
        draw_heap(heap, nullptr);
      }
    }
    if (left_out != 0) note("and " + counted(left_out, "heap") + " more");
    return finish();
  }

 private:
  std::string title() const {
    std::string text = "Memory of " + (map_.device.empty() ? "a device" : map_.device);
    if (map_.frame != 0) text.append(", frame ").append(std::to_string(map_.frame));
    return text;
  }
  void draw_title() {
    y_ = 40;
    svg_.text("fa-title", kMargin, y_, text_that_fits(title(), 20, kInner));
    const DeviceFigures& all = map_.totals;
    std::string totals;
    append_part(totals, readable_bytes(all.total_bytes) + " held");
    append_part(totals, readable_bytes(all.allocated_bytes) + " handed out");
    append_part(totals, readable_bytes(all.retired_bytes) + " retired");
    append_part(totals, readable_bytes(all.padding_bytes) + " padding");
    append_part(totals, readable_bytes(all.free_bytes) + " free");
    append_part(totals, counted(map_.blocks.size(), "block"));
    append_part(totals, counted(all.allocation_count, "allocation"));
    const double percent = std::isfinite(all.fragmentation) ? all.fragmentation * 100 : 0;
    append_part(totals, "fragmentation " +
                            std::to_string(std::lround(std::clamp(percent, 0.0, 100.0))) + " %");
    append_part(totals, "most handed out " + readable_bytes(all.peak_usage));
    y_ += 22;
    svg_.text("fa-faint", kMargin, y_, text_that_fits(totals, kText, kInner));
    y_ += 14;
  }

  // --- The legend
  template <class Draw>
  void add_key(double& x, std::string_view label, Draw&& swatch) {
    constexpr double kSwatch = 14;
    const std::string text = text_that_fits(label, kText, kInner / 2);
    const double width = kSwatch + 6 + text_width(text, kText) + 16;
    if (x + width > kRight && x > kMargin) {
      x = kMargin;
      y_ += 20;
    }
    swatch(SvgBox{x, y_, kSwatch, kSwatch});
    svg_.text("fa-text", x + kSwatch + 6, y_ + 11, text);
    x += width;
  }
  void draw_legend() {
    double x = kMargin;
    y_ += 6;
    for (std::size_t i = 0; i < colors_.entries().size(); ++i) {
      const DeviceColors::Entry& entry = colors_.entries()[i];
      add_key(x, name_of_tag(entry.tag) + "  " + readable_bytes(entry.bytes),
              [&](const SvgBox& box) {
                svg_.rectangle("fa-c" + std::to_string(i), box);
                svg_.rectangle("fa-block", box);
              });
    }
    if (colors_.others() != 0) {
      const std::string others =
          counted(colors_.others(), "other tag") + "  " + readable_bytes(colors_.bytes_of_others());
      add_key(x, others, [&](const SvgBox& box) {
        svg_.rectangle("fa-c" + std::to_string(DeviceColors::kShared), box);
        svg_.rectangle("fa-block", box);
      });
    }
    if (x > kMargin) y_ += 22;
    x = kMargin;
    const auto plain = [&](std::string_view style) {
      return [this, style](const SvgBox& box) {
        svg_.rectangle(style, box);
        svg_.rectangle("fa-block", box);
      };
    };
    const auto hatched = [&](std::string_view hatch) {
      return [this, hatch](const SvgBox& box) {
        svg_.rectangle("fa-c12", box);
        svg_.rectangle(hatch, box);
        svg_.rectangle("fa-block", box);
      };
    };
    add_key(x, "free", plain("fa-empty"));
    add_key(x, "padding", plain("fa-pad"));
    add_key(x, "retired", plain("fa-used fa-retired"));
    add_key(x, "of a frame", hatched("fa-frame"));
    add_key(x, "of several frames", hatched("fa-multi"));
    for (const DeviceBlockKind kind :
         {DeviceBlockKind::Block, DeviceBlockKind::Ring, DeviceBlockKind::Dedicated}) {
      add_key(x, to_string(kind),
              [&](const SvgBox& box) { svg_.rectangle(outline_of(kind), box); });
    }
    const auto upright = [&](std::string_view style) {
      return [this, style](const SvgBox& box) {
        const double middle = box.x + box.width / 2;
        svg_.line(style, middle, box.y - 1, middle, box.y + box.height + 1);
      };
    };
    add_key(x, "handed out", plain("fa-used"));
    add_key(x, "held", plain("fa-held"));
    add_key(x, "held by others", plain("fa-external"));
    add_key(x, "budget", upright("fa-budget"));
    add_key(x, "limit", upright("fa-limit"));
    y_ += 20;
  }

  // --- A heap
  void draw_heap(unsigned index, const DeviceHeapFigures* heap) {
    y_ += 26;
    std::string heading = "Heap " + std::to_string(index);
    if (heap != nullptr) {
      append_part(heading, readable_bytes(heap->size));
      append_part(heading, heap->device_local ? "device-local" : "of the host");
    }
    svg_.text("fa-heading", kMargin, y_, heading);
    const auto found = blocks_.find(index);
    const std::vector<const DeviceBlock*> none;
    const std::vector<const DeviceBlock*>& blocks = found == blocks_.end() ? none : found->second;
    const double scale = scale_of(blocks);
    if (!blocks.empty()) draw_ruler(scale);
    y_ += 8;
    if (heap != nullptr) draw_budget(*heap);
    draw_bars(blocks, scale);
  }
  // Own memory from the left, that of others from the right.
  void draw_budget(const DeviceHeapFigures& heap) {
    constexpr double kHeight = 12;
    const auto bytes = [](std::size_t count) { return static_cast<double>(count); };
    const double whole = std::max({bytes(heap.size), bytes(heap.reserved) + bytes(heap.external),
                                   bytes(heap.budget), bytes(heap.limit), 1.0});
    const auto part = [&](std::size_t count) {
      return count == 0 ? 0.0 : std::max(2.0, kInner * bytes(count) / whole);
    };
    svg_.rectangle("fa-track", {kMargin, y_, kInner, kHeight});
    const double external = part(heap.external);
    if (external > 0) {
      svg_.rectangle("fa-external", {kRight - external, y_, external, kHeight},
                     "others hold " + readable_bytes(heap.external));
    }
    svg_.rectangle("fa-held", {kMargin, y_, part(heap.reserved), kHeight},
                   readable_bytes(heap.reserved) + " held");
    svg_.rectangle("fa-used", {kMargin, y_, part(std::min(heap.used, heap.reserved)), kHeight},
                   readable_bytes(heap.used) + " handed out");
    const auto mark = [&](std::string_view style, std::size_t at) {
      const double x = kMargin + std::min(part(at), kInner);
      svg_.line(style, x, y_ - 3, x, y_ + kHeight + 3);
    };
    if (heap.budget != 0) mark("fa-budget", heap.budget);
    if (heap.limit != 0) mark("fa-limit", heap.limit);
    std::string text;
    append_part(text, readable_bytes(heap.used) + " handed out of " +
                          readable_bytes(heap.reserved) + " held");
    append_part(text,
                "budget " + readable_bytes(heap.budget) + (heap.measured ? "" : " (estimated)"));
    if (heap.limit != 0) append_part(text, "limit " + readable_bytes(heap.limit));
    if (heap.external != 0) append_part(text, "others hold " + readable_bytes(heap.external));
    if (heap.denials != 0) append_part(text, std::to_string(heap.denials) + " denied");
    y_ += kHeight + 17;
    svg_.text("fa-faint", kMargin, y_, text_that_fits(text, kText, kInner));
    y_ += 8;
  }

  // Result: pixels per byte. One block is as wide as the picture; many share few rows.
  static double scale_of(const std::vector<const DeviceBlock*>& blocks) {
    double largest = 0;
    double sum = 0;
    for (const DeviceBlock* const block : blocks) {
      largest = std::max(largest, static_cast<double>(block->size));
      sum += static_cast<double>(block->size);
    }
    if (sum <= 0) return 0;
    return std::min(kInner / largest, kMostRows * kInner / sum);
  }
  // A stretch of a round number of bytes at the right end of the heading.
  void draw_ruler(double scale) {
    if (scale <= 0) return;
    constexpr double kLeast = 60;
    const int power = std::clamp(static_cast<int>(std::ceil(std::log2(kLeast / scale))), 0, 62);
    const std::uint64_t bytes = std::uint64_t{1} << static_cast<unsigned>(power);
    const double length = static_cast<double>(bytes) * scale;
    if (length > kInner / 2) return;
    const double y = y_ - 4;
    svg_.line("fa-line", kRight - length, y, kRight, y);
    svg_.line("fa-line", kRight - length, y - 4, kRight - length, y + 4);
    svg_.line("fa-line", kRight, y - 4, kRight, y + 4);
    svg_.text("fa-small", kRight - length - 6, y + 4, readable_bytes(bytes), true);
  }

  void draw_bars(const std::vector<const DeviceBlock*>& blocks, double scale) {
    if (blocks.empty()) return note("no memory held");
    const std::size_t count = std::min(blocks.size(), kMostBars);
    double x = kMargin;
    y_ += kLabelHeight;
    for (std::size_t i = 0; i < count; ++i) {
      const double width =
          std::clamp(static_cast<double>(blocks[i]->size) * scale, kLeastBar, kInner);
      // Rounding must not send a bar that fits exactly to the next row.
      if (x + width > kRight + 0.01 && x > kMargin) {
        x = kMargin;
        y_ += kBarHeight + kLabelHeight + kGap;
      }
      detail::draw_device_bar(svg_, colors_, *blocks[i], {x, y_, width, kBarHeight});
      x += width + kGap;
    }
    y_ += kBarHeight + kGap;
    if (count == blocks.size()) return;
    double rest = 0;
    for (std::size_t i = count; i < blocks.size(); ++i) {
      rest += static_cast<double>(blocks[i]->size);
    }
    constexpr double kMost = 1e19;
    note("and " + counted(blocks.size() - count, "block") + " more, " +
         readable_bytes(static_cast<std::uint64_t>(std::min(rest, kMost))));
  }

  void note(const std::string& text) {
    y_ += 16;
    svg_.text("fa-faint", kMargin, y_, text);
    y_ += 4;
  }
  std::string finish() {
    std::string head(detail::device_picture_style());
    head += "<rect class=\"fa-page\" width=\"100%\" height=\"100%\"/>\n";
    return svg_.take(kWidth, y_ + kMargin, title(), head);
  }

  const DeviceMap& map_;
  DeviceColors colors_;
  std::map<unsigned, std::vector<const DeviceBlock*>> blocks_;
  SvgText svg_;
  double y_ = 0;
};

}  // namespace

std::string DeviceMap::to_svg() const { return Picture(*this).draw(); }

}  // namespace framealloc
