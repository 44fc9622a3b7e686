// SPDX-License-Identifier: MIT OR Apache-2.0
// Stands in for Tracy's header in tests: the macros that the module uses, which write down what
// they were called with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tracy {

enum class PlotFormatType : std::uint8_t { Number, Memory, Percentage, Watt };

inline std::vector<std::string> recorded;
// What each pool holds. Tracy ends the session at a block that is freed or taken twice.
inline std::map<std::string, std::set<const void*>, std::less<>> held;

inline void record(std::string_view call, std::string_view name = {}) {
  recorded.emplace_back(call);
  if (!name.empty()) recorded.back().append(" ").append(name);
}
struct RecordedZone {
  explicit RecordedZone(const char* name) : name_(name) { record("zone", name_); }
  ~RecordedZone() { record("zone end", name_); }
  RecordedZone(const RecordedZone&) = delete;
  RecordedZone& operator=(const RecordedZone&) = delete;
  const char* name_;
};
inline void record_plot(const char* name, std::int64_t value) {
  record("plot", std::string(name) + "=" + std::to_string(value));
}
inline void record_plot_format(const char* name, PlotFormatType type, bool step, bool fill,
                               std::uint32_t color) {
  if (type == PlotFormatType::Memory && step && fill && color == 0) record("memory plot", name);
}
inline void record_message(const char* text, std::size_t size, std::uint32_t color) {
  record("message", std::string(text, size) + " #" + std::to_string(color));
}
inline void record_alloc(const void* block, std::size_t size, const char* pool) {
  const bool fresh = block != nullptr && held[pool].insert(block).second;
  record(fresh ? "alloc" : "alloc twice", std::to_string(size) + " in " + pool);
}
inline void record_free(const void* block, const char* pool) {
  record(held[pool].erase(block) == 1 ? "free in" : "free of a stranger in", pool);
}
inline void record_discard(const char* pool) {
  held[pool].clear();
  record("discard", pool);
}

}  // namespace tracy

#define FrameMark tracy::record("frame")
#define FrameMarkNamed(name) tracy::record("frame", name)
#define ZoneScopedN(name) const tracy::RecordedZone recorded_zone(name)
#define TracyPlot(name, value) tracy::record_plot(name, value)
#define TracyPlotConfig(name, type, step, fill, color) \
  tracy::record_plot_format(name, type, step, fill, color)
#define TracyMessageC(text, size, color) tracy::record_message(text, size, color)
#define TracyAllocN(block, size, pool) tracy::record_alloc(block, size, pool)
#define TracyFreeN(block, pool) tracy::record_free(block, pool)
#define TracyMemoryDiscard(pool) tracy::record_discard(pool)
