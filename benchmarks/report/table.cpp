// SPDX-License-Identifier: MIT OR Apache-2.0
#include "table.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <map>

namespace bench {
namespace {

// "W1" of "W1/64".
std::string group_of(const std::string& workload) { return workload.substr(0, workload.find('/')); }

std::vector<std::string> groups(const Results& results) {
  std::vector<std::string> names;
  for (const std::string& workload : results.workloads()) {
    const std::string group = group_of(workload);
    if (std::find(names.begin(), names.end(), group) == names.end()) names.push_back(group);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> columns_of(const Results& results, const std::string& group) {
  std::vector<std::string> names;
  for (const std::string& workload : results.workloads()) {
    if (group_of(workload) == group) names.push_back(workload);
  }
  return names;
}

// Result: a Markdown table whose columns also line up as plain text; the first line is the heading.
std::string aligned(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths(lines[0].size(), 3);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c) widths[c] = std::max(widths[c], line[c].size());
  }
  std::string text;
  for (std::size_t l = 0; l < lines.size(); ++l) {
    for (std::size_t c = 0; c < widths.size(); ++c) {
      text += format("| %-*s ", static_cast<int>(widths[c]), lines[l][c].c_str());
    }
    text += "|\n";
    if (l > 0) continue;
    for (const std::size_t width : widths) text.append("|").append(width + 2, '-');
    text += "|\n";
  }
  return text;
}

// "0.61 /1.02 fa 2.40 i9.0"
std::string cell(const Results& results, const std::string& workload, const std::string& peer) {
  const auto figure = results.figure(workload, peer);
  if (!figure) return "";
  std::string text = format("%.2f", figure->median);
  // Half of the repetitions or more could not find a quiet moment.
  if (figure->quiet * 2 < figure->repetitions) text += "~";
  if (const auto floor = floor_of(results, workload)) {
    text += format(" /%.2f", figure->median / floor->ns);
  }
  if (const std::string ours = champion_of(results, workload); !ours.empty() && ours != peer) {
    text += format(" fa %.2f", figure->median / results.figure(workload, ours)->median);
  }
  if (const auto count = results.instructions(workload, peer)) text += format(" i%.1f", *count);
  return text;
}

// By the time of the first column that the peer has.
std::vector<std::string> sorted_peers(const Results& results,
                                      const std::vector<std::string>& columns) {
  std::vector<std::pair<std::pair<std::size_t, double>, std::string>> keyed;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    for (const std::string& peer : results.peers_of(columns[c])) {
      const bool known = std::any_of(keyed.begin(), keyed.end(),
                                     [&](const auto& entry) { return entry.second == peer; });
      if (!known) keyed.push_back({{c, results.figure(columns[c], peer)->median}, peer});
    }
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::string> peers;
  for (auto& entry : keyed) peers.push_back(std::move(entry.second));
  return peers;
}

std::string table(const Results& results, const std::string& group) {
  const std::vector<std::string> columns = columns_of(results, group);
  std::vector<std::vector<std::string>> lines = {{group}};
  for (const std::string& column : columns) {
    lines[0].push_back(column == group ? "ns" : column.substr(group.size() + 1));
  }
  for (const std::string& peer : sorted_peers(results, columns)) {
    lines.push_back({peer});
    for (const std::string& column : columns) lines.back().push_back(cell(results, column, peer));
  }
  return aligned(lines);
}

}  // namespace

std::string format(const char* pattern, ...) {
  char buffer[512];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(buffer, sizeof buffer, pattern, arguments);
  va_end(arguments);
  return buffer;
}

std::string tables(const Results& results) {
  std::string text =
      "Cells: median ns per operation /ratio to the floor; fa R: framealloc is R times as fast as "
      "this row; i: instructions per operation; ~: no quiet machine for most repetitions.\n";
  for (const std::string& group : groups(results)) text.append("\n").append(table(results, group));
  return text;
}

std::string value_tables(const Results& results) {
  std::map<std::string, std::vector<std::string>> by_group;
  for (const std::string& name : results.values()) by_group[group_of(name)].push_back(name);
  std::string text;
  for (const auto& [group, names] : by_group) {
    std::vector<std::vector<std::string>> lines = {{group}};
    for (const std::string& name : names) lines[0].push_back(name.substr(group.size() + 1));
    for (const std::string& peer : results.peers_with_value(names.front())) {
      lines.push_back({peer});
      for (const std::string& name : names) {
        const auto value = results.value(name, peer);
        lines.back().push_back(value ? format("%.2f", *value) : "");
      }
    }
    text.append("\n").append(aligned(lines));
  }
  return text;
}

}  // namespace bench
