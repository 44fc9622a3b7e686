// SPDX-License-Identifier: MIT OR Apache-2.0
#include "plot.hpp"

#include <algorithm>
#include <cmath>

#include "table.hpp"

namespace bench {
namespace {

constexpr const char* kPanels[] = {"W1/64", "W1/mixed", "W2/pair64",  "W2/churn64",   "W3",
                                   "W4",    "W6",       "W7/physics", "W7/particles", "W7/ui"};
constexpr double kWidth = 460;
constexpr double kNames = 150;  // of it, room for the peer names
constexpr double kNumbers = 50;
constexpr double kLine = 16;
constexpr double kGap = 28;

struct Bar {
  std::string peer;
  double ns;
};

std::vector<Bar> bars_of(const Results& results, const std::string& workload) {
  std::vector<Bar> bars;
  for (const std::string& peer : results.peers_of(workload)) {
    bars.push_back({peer, results.figure(workload, peer)->median});
  }
  std::sort(bars.begin(), bars.end(), [](const Bar& a, const Bar& b) { return a.ns < b.ns; });
  return bars;
}

const char* color_of(const std::string& peer) {
  if (peer.starts_with("framealloc")) return "#d1495b";
  if (peer.starts_with("floor-")) return "#8d96a3";
  return "#2e4057";
}

std::string text_at(double x, double y, const char* anchor, const std::string& words,
                    const char* style = "") {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>", x, y, anchor, style) + words +
         "</text>\n";
}

// Result: the panel with its upper left corner at (x, y).
std::string panel(const Results& results, const std::string& workload, double x, double y) {
  const std::vector<Bar> bars = bars_of(results, workload);
  const double least = std::log10(bars.front().ns) - 0.15;
  const double span = std::max(0.5, std::log10(bars.back().ns) - least);
  const auto length = [&](double ns) {
    return (std::log10(ns) - least) / span * (kWidth - kNames - kNumbers);
  };
  std::string svg =
      text_at(x, y, "start", workload + ", ns per operation, logarithmic", "font-weight=\"bold\"");
  double line = y + kLine;
  for (const Bar& bar : bars) {
    svg += text_at(x + kNames - 6, line, "end", bar.peer);
    svg += format("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n",
                  x + kNames, line - kLine + 6, length(bar.ns), kLine - 4, color_of(bar.peer));
    svg += text_at(x + kNames + length(bar.ns) + 4, line, "start", format("%.2f", bar.ns));
    line += kLine;
  }
  if (const auto floor = floor_of(results, workload)) {
    const double at = x + kNames + length(floor->ns);
    svg += format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#8d96a3\" "
        "stroke-dasharray=\"3 3\"/>\n",
        at, y + 4, at, line - kLine + 4);
  }
  return svg;
}

}  // namespace

std::string plot(const Results& results) {
  // Two columns, each panel below the shorter one.
  double bottoms[2] = {30, 30};
  std::string body;
  for (const char* workload : kPanels) {
    const std::size_t bars = results.peers_of(workload).size();
    if (bars == 0) continue;
    const int column = bottoms[0] <= bottoms[1] ? 0 : 1;
    body += panel(results, workload, 20 + column * (kWidth + 40), bottoms[column]);
    bottoms[column] += kLine * static_cast<double>(bars + 1) + kGap;
  }
  std::string svg = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
      "font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%%\" height=\"100%%\" "
      "fill=\"white\"/>\n",
      2 * kWidth + 80, std::max(bottoms[0], bottoms[1]));
  svg.append(body).append("</svg>\n");
  return svg;
}

}  // namespace bench
