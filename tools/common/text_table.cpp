// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/text_table.hpp"

#include "common/terminal_text.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

namespace fa_tools {

namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// Result: the place of character number `count`.
std::size_t offset_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    ++at;
    while (at < text.size() && !starts_character(text[at])) ++at;
    --count;
  }
  return at;
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string fitted(std::string_view text, std::size_t most) {
  const std::string clean = printable(text);
  const std::size_t width = width_of(clean);
  if (width <= most || most < 5) return clean;
  // The end says more about a path than its begin.
  const std::size_t head = (most - 3) / 3;
  const std::size_t tail = most - 3 - head;
  const std::string_view all = clean;
  return std::string(all.substr(0, offset_of(all, head)))
      .append("...")
      .append(all.substr(offset_of(all, width - tail)));
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = fitted(cells[i], columns_[i].most);
  rows_.push_back(std::move(cells));
}

std::string TextTable::render() const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(column.title);
  lines.insert(lines.end(), rows_.begin(), rows_.end());
  std::vector<std::size_t> widths(columns_.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string out;
  for (const auto& cells : lines) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string blanks(widths[i] - width_of(cells[i]), ' ');
      line += "  ";
      line += columns_[i].align == Align::Left ? cells[i] + blanks : blanks + cells[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  static constexpr const char* kUnits[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (amount >= 1023.95 && unit + 1 < std::size(kUnits)) {
    amount /= 1024;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", amount, kUnits[unit]);
  return text;
}

std::string growth_text(std::int64_t bytes) {
  if (bytes == 0) return "0 B";
  const auto amount = bytes < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(bytes)
                                : static_cast<std::uint64_t>(bytes);
  std::string text(1, bytes < 0 ? '-' : '+');
  text += bytes_text(amount);
  return text;
}

}  // namespace fa_tools
