// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/memory_graph.hpp>

#include <framealloc/event_history.hpp>

#include <algorithm>

namespace framealloc {

std::size_t MemoryGraphData::max_value() const noexcept {
  return peak.empty() ? 0 : *std::ranges::max_element(peak);
}

std::vector<double> MemoryGraphData::normalized_current() const {
  const auto most = static_cast<double>(max_value());
  std::vector<double> parts;
  parts.reserve(current.size());
  for (const std::size_t bytes : current) {
    parts.push_back(most == 0 ? 0 : static_cast<double>(bytes) / most);
  }
  return parts;
}

MemoryGraphData make_memory_graph(std::span<const FrameRecord> frames, std::size_t max_points) {
  MemoryGraphData graph;
  const std::size_t points = std::min(frames.size(), max_points);
  graph.current.reserve(points);
  graph.peak.reserve(points);
  graph.frames.reserve(points);
  for (std::size_t i = 0; i < points; ++i) {
    const std::size_t first = frames.size() * i / points;
    const std::size_t end = frames.size() * (i + 1) / points;
    std::size_t most = 0;
    for (std::size_t k = first; k < end; ++k) most = std::max(most, frames[k].bytes_in_use);
    graph.current.push_back(frames[end - 1].bytes_in_use);
    graph.peak.push_back(most);
    graph.frames.push_back(frames[end - 1].frame_number);
  }
  return graph;
}

std::vector<std::size_t> memory_timeline(std::span<const FrameRecord> frames) {
  std::vector<std::size_t> line;
  line.reserve(frames.size());
  for (const FrameRecord& frame : frames) line.push_back(frame.bytes_in_use);
  return line;
}

std::vector<std::size_t> peak_timeline(std::span<const FrameRecord> frames) {
  std::vector<std::size_t> line;
  line.reserve(frames.size());
  for (const FrameRecord& frame : frames) line.push_back(frame.peak_memory);
  return line;
}

}  // namespace framealloc
