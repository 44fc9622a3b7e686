// SPDX-License-Identifier: MIT OR Apache-2.0
#include "html_table.hpp"

#include <utility>

#include "svg_chart.hpp"

namespace fa_demo {

std::string style_of(const SideResult& side) {
  return side.name == "framealloc" ? "s-fa" : "s-" + side.name;
}

std::string title_of(const SideResult& side) { return std::string(side_title(side.name)); }

std::string section(std::string_view title, std::string_view about, const std::string& body) {
  return "<section><h2>" + escaped(title) + "</h2><p class=\"about\">" + escaped(about) + "</p>\n" +
         body + "</section>\n";
}

Table::Table(const std::vector<std::string>& headings) {
  html_ = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::string& heading : headings) html_ += "<th>" + escaped(heading) + "</th>";
  html_ += "</tr></thead><tbody>\n";
}

void Table::row(const std::vector<std::string>& cells) {
  html_ += "<tr>";
  for (const std::string& cell : cells) html_ += "<td>" + escaped(cell) + "</td>";
  html_ += "</tr>\n";
}

void Table::contest(const RunResult& run, const std::string& label,
                    const std::vector<std::uint64_t>& values,
                    const std::function<std::string(std::uint64_t)>& show) {
  const Standing standing = standing_of(run, values);
  html_ += "<tr><td>" + escaped(label) + "</td>";
  for (std::size_t i = 0; i < values.size(); ++i) {
    html_ += standing.is_fastest(i)  ? "<td class=\"won\">"
             : standing.slowest == i ? "<td class=\"lost\">"
                                     : "<td>";
    html_ += escaped(show(values[i])) + "</td>";
  }
  if (values.size() > 1) html_ += "<td>" + escaped(standing.words) + "</td>";
  html_ += "</tr>\n";
}

std::string Table::take() { return std::move(html_) + "</tbody></table></div>\n"; }

}  // namespace fa_demo
