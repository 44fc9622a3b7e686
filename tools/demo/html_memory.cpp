// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>

#include "format.hpp"
#include "html_table.hpp"
#include "svg_chart.hpp"

namespace fa_demo {

std::string bytes_by_tag(const SideResult& side) {
  std::vector<Series> parts;
  std::vector<std::string> labels;
  std::vector<std::string> names;
  for (const CountedFrame& frame : side.counted) {
    for (const TagUse& tag : frame.memory.tags) {
      if (tag.frame_bytes == 0) continue;
      if (std::find(names.begin(), names.end(), tag.name) == names.end()) names.push_back(tag.name);
    }
  }
  if (names.empty()) return "";
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts.push_back({names[i], "t" + std::to_string(i % 8), {}});
  }
  for (const CountedFrame& frame : side.counted) {
    labels.push_back(std::to_string(frame.frame));
    for (std::size_t i = 0; i < names.size(); ++i) {
      double bytes = 0.0;
      for (const TagUse& tag : frame.memory.tags) {
        if (tag.name == names[i]) bytes += static_cast<double>(tag.frame_bytes);
      }
      parts[i].values.push_back(bytes / 1024.0);
    }
  }
  const ChartText text{"Frame memory by tag", "frame", "KiB"};
  return legend(parts) + stacked_chart(text, parts, labels);
}

namespace {

std::string memory_charts(const MemoryReport& memory) {
  std::vector<std::string> tags, phases;
  Series frame{"frame", "s-fa", {}}, pool{"pool", "s-frame", {}}, heap{"heap", "s-kept", {}};
  const auto kib = [](std::size_t bytes) { return static_cast<double>(bytes) / 1024.0; };
  for (const TagUse& tag : memory.tags) {
    tags.push_back(tag.name);
    frame.values.push_back(kib(tag.frame_bytes));
    pool.values.push_back(kib(tag.pool_bytes));
    heap.values.push_back(kib(tag.heap_bytes));
  }
  Series taken{"frame memory taken, scratch included", "s-fa", {}};
  for (const PhaseUse& phase : memory.phases) {
    if (phase.frame_bytes == 0) continue;
    phases.push_back(phase.name);
    taken.values.push_back(kib(phase.frame_bytes));
  }
  const std::vector<Series> held{frame, pool, heap};
  return "<h3>by tag</h3>" + legend(held) +
         bar_chart({"Bytes held by tag", "", "KiB"}, held, tags) + "<h3>by phase</h3>" +
         legend({taken}) + bar_chart({"Frame memory taken by phase", "", "KiB"}, {taken}, phases);
}

}  // namespace

std::string memory_tables(const SideResult& side) {
  const CountedFrame* frame = fullest_frame(side);
  if (frame == nullptr) return "";
  const auto bytes = [](std::size_t value) { return byte_count(static_cast<double>(value)); };
  Table tags({"tag", "frame", "frame peak", "pool", "heap"});
  for (const TagUse& tag : frame->memory.tags) {
    tags.row({tag.name, bytes(tag.frame_bytes), bytes(tag.frame_peak_bytes), bytes(tag.pool_bytes),
              bytes(tag.heap_bytes)});
  }
  Table phases({"phase", "frame memory taken"});
  for (const PhaseUse& phase : frame->memory.phases) {
    if (phase.frame_bytes == 0) continue;
    phases.row({phase.name, bytes(phase.frame_bytes)});
  }
  Table budgets({"budget", "limit", "used", "peak", "denied"});
  for (const BudgetUse& budget : frame->memory.budgets) {
    budgets.row({budget.tag, bytes(budget.limit), bytes(budget.used), bytes(budget.peak),
                 grouped(budget.denials)});
  }
  return memory_charts(frame->memory) + tags.take() + phases.take() + budgets.take();
}

}  // namespace fa_demo
