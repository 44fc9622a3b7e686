// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "results.hpp"

namespace fa_demo {

/// The CSS class that carries a side's color.
std::string style_of(const SideResult& side);
std::string title_of(const SideResult& side);

/// A part of the page; `body` is HTML, the rest is text.
std::string section(std::string_view title, std::string_view about, const std::string& body);

/// A row per fact, a column per side.
class Table {
 public:
  explicit Table(const std::vector<std::string>& headings);
  void row(const std::vector<std::string>& cells);
  /// A row in which the least value wins.
  void contest(const RunResult& run, const std::string& label,
               const std::vector<std::uint64_t>& values,
               const std::function<std::string(std::uint64_t)>& show);
  std::string take();

 private:
  std::string html_;
};

/// Who held what: over the counted frames by tag as a chart, "" where nobody knows; and at the
/// fullest moment by tag, phase and budget.
std::string bytes_by_tag(const SideResult& side);
std::string memory_tables(const SideResult& side);

}  // namespace fa_demo
