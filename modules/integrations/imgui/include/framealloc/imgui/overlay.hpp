// SPDX-License-Identifier: MIT OR Apache-2.0
// A window of Dear ImGui that shows what an allocator holds. ImGui 1.86 or newer.
#pragma once

#include <framealloc/imgui/figures.hpp>
#include <framealloc/imgui/report_ring.hpp>

#include <imgui.h>

#include <cfloat>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace framealloc::imgui {

// Colors of bars, as ImGui packs them.
inline constexpr ImU32 kBarTrack = IM_COL32(58, 62, 70, 255);
inline constexpr ImU32 kBarGood = IM_COL32(46, 160, 96, 255);
inline constexpr ImU32 kBarWarn = IM_COL32(214, 146, 40, 255);   // above the soft limit, or 90 %
inline constexpr ImU32 kBarFull = IM_COL32(208, 60, 60, 255);    // at the hard limit
inline constexpr ImU32 kBarMark = IM_COL32(235, 235, 235, 255);  // the soft limit, the peak

// Shows one allocator: frame time and bytes over the last frames, totals by kind, tags as a tree
// with their budgets, threads, devices if a module has registered some, and the reports since it
// was made.
//
// Nothing that it keeps comes from the allocator that it shows. Once the
// history is full and no tag, thread or kind of report is new, drawing allocates nothing at all,
// within ImGui included.
// Thread contract: the thread that draws; the game may run on others at the same time.
class Overlay {
 public:
  // Effect: listens to the allocator's reports until it is destroyed. It holds a handle.
  explicit Overlay(SmartAlloc alloc, const char* title = "framealloc")
      : alloc_(std::move(alloc)), title_(title) {
    listening_ = alloc_.add_sink(reports_);
  }
  ~Overlay() {
    if (listening_) alloc_.remove_sink(reports_);
  }
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  // Effect: adds the window to ImGui's frame. Requirement: between ImGui::NewFrame() and Render().
  // With `open` the window has a button that sets it to false; while it is false nothing is drawn
  // or read.
  void draw(bool* open = nullptr) {
    if (open != nullptr && !*open) return;
    figures_.read(alloc_);
    ImGui::SetNextWindowSize(ImVec2(760, 640), ImGuiCond_FirstUseEver);
    if (ImGui::Begin(title_, open)) draw_content();
    ImGui::End();
  }
  // The same within a window of yours.
  void draw_inside() {
    figures_.read(alloc_);
    draw_content();
  }
  // The same with figures of yours, such as those of a moment that you kept. Nothing is read.
  void draw_inside(const Figures& figures) {
    figures_ = figures;
    draw_content();
  }

  [[nodiscard]] const Figures& figures() const noexcept { return figures_; }
  [[nodiscard]] ReportRing& reports() noexcept { return reports_; }

 private:
  using Buffer = char[32];
  static constexpr ImGuiTableFlags kTable = ImGuiTableFlags_RowBg | ImGuiTableFlags_BordersInnerV |
                                            ImGuiTableFlags_SizingFixedFit |
                                            ImGuiTableFlags_NoSavedSettings;

  void draw_content() {
    draw_totals();
    draw_history();
    if (ImGui::CollapsingHeader("Tags", ImGuiTreeNodeFlags_DefaultOpen)) draw_tags();
    if (ImGui::CollapsingHeader("Threads", ImGuiTreeNodeFlags_DefaultOpen)) draw_threads();
    if (!figures_.devices.empty() &&
        ImGui::CollapsingHeader("Devices", ImGuiTreeNodeFlags_DefaultOpen)) {
      for (std::size_t i = 0; i < figures_.devices.size(); ++i) draw_device(i);
    }
    if (ImGui::CollapsingHeader("Diagnostics", ImGuiTreeNodeFlags_DefaultOpen)) draw_reports();
  }

  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  static std::size_t unit_of(std::size_t count) noexcept {
    std::size_t unit = 0;
    for (auto size = static_cast<double>(count); size >= 1024.0 && unit < 4; ++unit) size /= 1024.0;
    return unit;
  }
  static const char* number(Buffer& into, std::size_t count) noexcept {
    auto size = static_cast<double>(count);
    const std::size_t unit = unit_of(count);
    for (std::size_t i = 0; i < unit; ++i) size /= 1024.0;
    std::snprintf(into, sizeof into, unit == 0 ? "%.0f" : "%.1f", size);
    return into;
  }
  static const char* bytes(Buffer& into, std::size_t count) noexcept {
    Buffer digits;
    std::snprintf(into, sizeof into, "%s %s", number(digits, count), kUnits[unit_of(count)]);
    return into;
  }
  static void text(std::string_view words) {
    ImGui::TextUnformatted(words.data(), words.data() + words.size());
  }
  static void bytes_cell(std::size_t count) {
    ImGui::TableNextColumn();
    if (count == 0) return;
    Buffer buffer;
    const float rest =
        ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(bytes(buffer, count)).x;
    if (rest > 0) ImGui::SetCursorPosX(ImGui::GetCursorPosX() + rest);
    ImGui::TextUnformatted(buffer);
  }
  static void column(const char* name, float ems) {
    ImGui::TableSetupColumn(name, ImGuiTableColumnFlags_WidthFixed, ems * ImGui::GetFontSize());
  }

  void draw_totals() {
    const AllocStats& all = figures_.all;
    Buffer a, b, c, d;
    ImGui::Text("frame %llu   %s in use   %s reserved",
                static_cast<unsigned long long>(figures_.frame.frame_number),
                bytes(a, figures_.frame_bytes + all.pool_allocated + all.heap_allocated),
                bytes(b, all.reserved));
    ImGui::Text("frame %s   pool %s   heap %s   idle %s", bytes(a, figures_.frame_bytes),
                bytes(b, all.pool_allocated), bytes(c, all.heap_allocated),
                bytes(d, all.idle_bytes));
    ImGui::TextDisabled("%llu blocks live, %llu calls, bookkeeping %s",
                        static_cast<unsigned long long>(all.active_allocations()),
                        static_cast<unsigned long long>(all.allocation_count),
                        bytes(a, all.metadata_bytes));
    if (figures_.whole.limit() != 0) {
      bar(figures_.whole);
      ImGui::SameLine();
      ImGui::TextDisabled("of the global budget");
    }
  }

  template <class Values>
  static float value_of(void* values, int i) {
    return (*static_cast<const Values*>(values))[i];
  }
  template <class Values>
  static void plot(const char* id, const Values& values, const char* label) {
    ImGui::PlotLines(id, &value_of<Values>, const_cast<void*>(static_cast<const void*>(&values)),
                     values.size(), 0, label, 0.0F, values.most() * 1.7F + FLT_MIN,
                     ImVec2(ImGui::GetContentRegionAvail().x, 3.5F * ImGui::GetFontSize()));
  }
  void draw_history() {
    char label[64];
    const auto latest = [](const auto& values) {
      return static_cast<double>(values.size() != 0 ? values[values.size() - 1] : 0.0F);
    };
    std::snprintf(label, sizeof label, "frame time: %.2f ms, most %.2f", latest(figures_.times),
                  static_cast<double>(figures_.times.most()));
    plot("##times", figures_.times, label);
    std::snprintf(label, sizeof label, "in use: %.2f MiB, most %.2f", latest(figures_.bytes),
                  static_cast<double>(figures_.bytes.most()));
    plot("##bytes", figures_.bytes, label);
  }

  // A bar of what is charged, with marks at the soft limit and the peak.
  static void bar(const Limits& limits) {
    Buffer used, limit;
    const float width = 6 * ImGui::GetFontSize();
    const float height = ImGui::GetTextLineHeight();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const auto part = [&](std::size_t value) {
      const double share = static_cast<double>(value) / static_cast<double>(limits.limit());
      return at.x + width * static_cast<float>(share < 1.0 ? share : 1.0);
    };
    const bool full = limits.hard != 0 && limits.used >= limits.hard;
    const bool near =
        (limits.soft != 0 && limits.used > limits.soft) || limits.used / 9 >= limits.limit() / 10;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, ImVec2(at.x + width, at.y + height), kBarTrack);
    list.AddRectFilled(at, ImVec2(part(limits.used), at.y + height),
                       full   ? kBarFull
                       : near ? kBarWarn
                              : kBarGood);
    const auto mark = [&](std::size_t value, float from) {
      if (value == 0) return;
      const float x = part(value);
      list.AddRectFilled(ImVec2(x - 1, at.y + from * height), ImVec2(x + 1, at.y + height),
                         kBarMark);
    };
    mark(limits.soft, 0.0F);
    mark(limits.peak, 0.7F);
    ImGui::Dummy(ImVec2(width, height));
    ImGui::SameLine();
    // One unit says it for both where it is the same.
    const bool same = limits.used == 0 || unit_of(limits.used) == unit_of(limits.limit());
    ImGui::Text("%s of %s", same ? number(used, limits.used) : bytes(used, limits.used),
                bytes(limit, limits.limit()));
    if (limits.denials != 0) {
      ImGui::SameLine();
      ImGui::TextColored(ImVec4(1.0F, 0.45F, 0.4F, 1.0F), "%llu denied",
                         static_cast<unsigned long long>(limits.denials));
    }
  }

  void draw_tags() {
    if (!ImGui::BeginTable("##tags", 6, kTable | ImGuiTableFlags_ScrollX,
                           ImVec2(0, tags_height()))) {
      return;
    }
    ImGui::TableSetupScrollFreeze(1, 1);
    column("tag", 9);
    for (const char* name : {"frame", "pool", "heap", "subtree"}) column(name, 5.5F);  // 1023.9 KiB
    column("budget", 22);
    ImGui::TableHeadersRow();
    rows_drawn_ = 0;
    if (!figures_.tags.empty()) {
      for (std::size_t i = figures_.tags[0].first_child; i != 0;
           i = figures_.tags[i].next_sibling) {
        draw_tag(i);
      }
      draw_untagged();
    }
    ImGui::EndTable();
  }
  // As high as the rows of the frame before: the table scrolls sideways only.
  [[nodiscard]] float tags_height() const {
    const float line = ImGui::GetTextLineHeight() + 2 * ImGui::GetStyle().CellPadding.y;
    return line * (static_cast<float>(rows_drawn_) + 1.0F) + ImGui::GetStyle().ScrollbarSize + 2.0F;
  }
  void draw_tag(std::size_t index) {
    const TagRow& row = figures_.tags[index];
    if (row.subtree == 0 && row.peak_frame == 0 && row.limits.limit() == 0) return;
    const auto* const id = reinterpret_cast<const void*>(index);
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const ImGuiTreeNodeFlags leaf =
        row.first_child == 0 ? ImGuiTreeNodeFlags_Leaf : ImGuiTreeNodeFlags_DefaultOpen;
    const bool unfolded = ImGui::TreeNodeEx(id, leaf | ImGuiTreeNodeFlags_SpanFullWidth, "%.*s",
                                            static_cast<int>(row.name.size()), row.name.data());
    draw_figures(row, row.subtree);
    if (!unfolded) return;
    for (std::size_t i = row.first_child; i != 0; i = figures_.tags[i].next_sibling) draw_tag(i);
    ImGui::TreePop();
  }
  void draw_untagged() {
    const TagRow& row = figures_.tags[0];
    const std::size_t own = row.frame + row.pool + row.heap;
    if (own == 0 && row.limits.limit() == 0) return;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextDisabled("(untagged)");
    draw_figures(row, own);
  }
  void draw_figures(const TagRow& row, std::size_t all) {
    ++rows_drawn_;
    bytes_cell(row.frame);
    bytes_cell(row.pool);
    bytes_cell(row.heap);
    bytes_cell(all);
    ImGui::TableNextColumn();
    if (row.limits.limit() != 0) bar(row.limits);
  }

  void draw_threads() {
    if (!ImGui::BeginTable("##threads", 6, kTable)) return;
    for (const char* name : {"thread", "frame", "pool", "heap", "peak frame", "budget"}) {
      ImGui::TableSetupColumn(name);
    }
    ImGui::TableHeadersRow();
    for (const ThreadRow& row : figures_.threads) {
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      if (row.name.empty()) {
        ImGui::Text("thread %llu", static_cast<unsigned long long>(row.id.value));
      } else {
        text(row.name.view());
      }
      bytes_cell(row.frame);
      bytes_cell(row.pool);
      bytes_cell(row.heap);
      bytes_cell(row.peak_frame);
      ImGui::TableNextColumn();
      if (row.frame_limit != 0) bar({0, row.frame_limit, row.frame, row.peak_frame, 0});
    }
    ImGui::EndTable();
  }

  void draw_device(std::size_t index) {
    const DeviceRow& device = figures_.devices[index];
    const DeviceFigures& all = device.all;
    Buffer a, b, c, d;
    ImGui::PushID(static_cast<int>(index));
    ImGui::Text("%s   frame %llu   %s held   %s handed out", device.name.c_str(),
                static_cast<unsigned long long>(all.frame), bytes(a, all.total_bytes),
                bytes(b, all.allocated_bytes));
    ImGui::TextDisabled("of frames %s   retired %s   padding %s   free %s",
                        bytes(a, all.transient_bytes), bytes(b, all.retired_bytes),
                        bytes(c, all.padding_bytes), bytes(d, all.free_bytes));
    draw_device_heaps(index);
    draw_device_tags(index);
    ImGui::PopID();
  }
  // Held bytes against the budget of each heap.
  void draw_device_heaps(std::size_t device) {
    if (!ImGui::BeginTable("##heaps", 4, kTable)) return;
    for (const char* name : {"heap", "handed out", "others", "held of budget"}) {
      ImGui::TableSetupColumn(name);
    }
    ImGui::TableHeadersRow();
    for (const DeviceHeapRow& row : figures_.device_heaps) {
      if (row.device != device) continue;
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      ImGui::Text("%u%s", row.all.heap, row.all.device_local ? " device-local" : "");
      bytes_cell(row.all.used);
      bytes_cell(row.all.external);
      ImGui::TableNextColumn();
      const std::size_t budget = row.all.budget != 0 ? row.all.budget : row.all.size;
      if (budget != 0) bar({0, budget, row.all.reserved, 0, row.all.denials});
    }
    ImGui::EndTable();
  }
  void draw_device_tags(std::size_t device) {
    if (figures_.device_tags.empty() || !ImGui::BeginTable("##device tags", 4, kTable)) return;
    for (const char* name : {"tag on the device", "bytes", "subtree", "limit"}) {
      ImGui::TableSetupColumn(name);
    }
    ImGui::TableHeadersRow();
    for (const DeviceTagRow& row : figures_.device_tags) {
      if (row.device != device) continue;
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      text(row.path.empty() ? std::string_view("(untagged)") : row.path.view());
      bytes_cell(row.bytes);
      bytes_cell(row.subtree);
      ImGui::TableNextColumn();
      if (row.limits.limit() != 0) bar(row.limits);
    }
    ImGui::EndTable();
  }

  void draw_reports() {
    ReportRing::Entry entry;
    if (!reports_.get(0, entry)) {
      ImGui::TextDisabled("none");
      return;
    }
    for (std::size_t i = 0; reports_.get(i, entry); ++i) {
      const CodeInfo& info = code_info(entry.code);
      const ImVec4 color = info.severity == Severity::Error     ? ImVec4(1.0F, 0.45F, 0.4F, 1.0F)
                           : info.severity == Severity::Warning ? ImVec4(0.95F, 0.7F, 0.3F, 1.0F)
                                                                : ImVec4(0.6F, 0.75F, 0.95F, 1.0F);
      ImGui::TextColored(color, "%.*s", static_cast<int>(info.id.size()), info.id.data());
      if (ImGui::IsItemHovered()) {
        ImGui::SetTooltip("%.*s", static_cast<int>(info.help.size()), info.help.data());
      }
      ImGui::SameLine();
      char times[48] = "";
      if (entry.count > 1) {
        std::snprintf(times, sizeof times, "%llu times, last in ",
                      static_cast<unsigned long long>(entry.count));
      }
      ImGui::TextWrapped("%s%s%s (%sframe %llu)", entry.tag.c_str(), entry.tag.empty() ? "" : ": ",
                         entry.message.c_str(), times,
                         static_cast<unsigned long long>(entry.frame));
    }
    if (ImGui::SmallButton("Clear")) reports_.clear();
  }

  SmartAlloc alloc_;
  const char* title_;
  ReportRing reports_;
  Figures figures_;
  bool listening_ = false;
  int rows_drawn_ = 0;
};

}  // namespace framealloc::imgui
