// SPDX-License-Identifier: MIT OR Apache-2.0
#include "svg_chart.hpp"

#include <algorithm>
#include <cmath>

#include "format.hpp"

namespace fa_demo {
namespace {

constexpr double kWidth = 960.0;
constexpr double kChartHeight = 250.0;
constexpr double kLeft = 62.0;
constexpr double kRight = 12.0;
constexpr double kTop = 14.0;
constexpr double kBottom = 40.0;
constexpr double kPlotWidth = kWidth - kLeft - kRight;
constexpr double kPlotHeight = kChartHeight - kTop - kBottom;

std::string number(double value) {
  std::string text = fixed(value, 2);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string attribute(std::string_view name, double value) {
  return concat(" ", name, "=\"", number(value), "\"");
}

/// A step of 1, 2 or 5 times a power of ten that cuts `range` into about five.
double nice_step(double range) {
  if (range <= 0.0) return 1.0;
  const double rough = range / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power) return factor * power;
  }
  return 10.0 * power;
}

std::string axis_number(double value) {
  if (value >= 1000.0) return grouped(static_cast<std::uint64_t>(std::llround(value)));
  return number(value);
}

std::string open_svg(const ChartText& text, double height) {
  return "<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height) +
         "\" role=\"img\" aria-label=\"" + escaped(text.description) + "\">\n";
}

std::string label_at(double x, double y, std::string_view anchor, std::string_view words) {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + std::string(anchor) +
         "\">" + escaped(words) + "</text>\n";
}

/// The place of a value between 0 and `top` on the vertical axis.
double height_of(double value, double top) {
  return kTop + kPlotHeight * (1.0 - std::clamp(value / top, 0.0, 1.0));
}

std::string vertical_axis(const ChartText& text, double top) {
  std::string svg;
  const double step = nice_step(top);
  for (double value = 0.0; value <= top * 1.0001; value += step) {
    const double y = height_of(value, top);
    svg += "<line class=\"" + std::string(value == 0.0 ? "axis" : "grid") + "\"" +
           attribute("x1", kLeft) + attribute("x2", kWidth - kRight) + attribute("y1", y) +
           attribute("y2", y) + "/>\n";
    svg += label_at(kLeft - 8.0, y + 4.0, "end", axis_number(value));
  }
  return svg + label_at(4.0, kTop - 3.0, "start", text.unit);
}

std::string horizontal_axis(const ChartText& text, double first, double last) {
  std::string svg;
  const double step = nice_step(last - first);
  for (double value = std::ceil(first / step) * step; value <= last * 1.0001; value += step) {
    const double x = kLeft + kPlotWidth * (value - first) / std::max(last - first, 1e-9);
    svg += label_at(x, kChartHeight - kBottom + 17.0, "middle", axis_number(value));
  }
  return svg + label_at(kLeft + kPlotWidth / 2.0, kChartHeight - 5.0, "middle", text.x_label);
}

double most_of(const std::vector<Series>& series) {
  double most = 0.0;
  for (const Series& one : series) {
    for (const double value : one.values) most = std::max(most, value);
  }
  return most;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char character : text) {
    switch (character) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += character;
    }
  }
  return safe;
}

std::string legend(const std::vector<Series>& series) {
  std::string html = "<p class=\"legend\">";
  for (const Series& one : series) {
    html += "<span><i class=\"" + one.style + "\"></i>" + escaped(one.name) + "</span>";
  }
  return html + "</p>\n";
}

std::string line_chart(const ChartText& text, const std::vector<Series>& series, double top,
                       double x_first, double x_last) {
  top = std::max(top, 1e-9);
  std::string svg = open_svg(text, kChartHeight) + vertical_axis(text, top) +
                    horizontal_axis(text, x_first, x_last);
  for (const Series& one : series) {
    const auto count = static_cast<double>(std::max<std::size_t>(one.values.size(), 2) - 1);
    std::string points;
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      points += number(kLeft + kPlotWidth * static_cast<double>(i) / count) + "," +
                number(height_of(one.values[i], top)) + " ";
    }
    svg += "<polyline class=\"line " + one.style + "\" points=\"" + points + "\"><title>" +
           escaped(one.name) + "</title></polyline>\n";
  }
  return svg + "</svg>\n";
}

std::string step_chart(const ChartText& text, const std::vector<Series>& series, double x_first,
                       double x_last) {
  const double top = std::max(most_of(series) * 1.05, 1.0);
  std::string svg = open_svg(text, kChartHeight) + vertical_axis(text, top) +
                    horizontal_axis(text, x_first, x_last);
  for (const Series& one : series) {
    const double width =
        kPlotWidth / static_cast<double>(std::max<std::size_t>(one.values.size(), 1));
    const std::string ground = number(kTop + kPlotHeight);
    std::string path = concat("M", number(kLeft), " ", ground);
    for (std::size_t i = 0; i < one.values.size(); ++i) {
      path += concat(" V", number(height_of(one.values[i], top)), " H",
                     number(kLeft + width * static_cast<double>(i + 1)));
    }
    path += concat(" V", ground);
    svg += "<path class=\"area " + one.style + "\" d=\"" + path + "\"><title>" + escaped(one.name) +
           "</title></path>\n";
  }
  return svg + "</svg>\n";
}

std::string stacked_chart(const ChartText& text, const std::vector<Series>& series,
                          const std::vector<std::string>& labels) {
  double top = 1e-9;
  for (std::size_t column = 0; column < labels.size(); ++column) {
    double sum = 0.0;
    for (const Series& one : series) sum += one.values[column];
    top = std::max(top, sum * 1.05);
  }
  std::string svg = open_svg(text, kChartHeight) + vertical_axis(text, top);
  const double pitch = kPlotWidth / static_cast<double>(std::max<std::size_t>(labels.size(), 1));
  const double width = std::min(pitch * 0.7, 44.0);
  // Too many labels would run into each other.
  const std::size_t every = std::max<std::size_t>(1, (labels.size() + 15) / 16);
  for (std::size_t column = 0; column < labels.size(); ++column) {
    const double x = kLeft + pitch * (static_cast<double>(column) + 0.5) - width / 2.0;
    double below = 0.0;
    for (const Series& one : series) {
      const double value = one.values[column];
      if (value > 0.0) {
        const double y = height_of(below + value, top);
        const double height = height_of(below, top) - y;
        // A gap of a pixel keeps neighbors of like colors apart.
        svg += "<rect class=\"bar " + one.style + "\"" + attribute("x", x) + attribute("y", y) +
               attribute("width", width) + attribute("height", std::max(height - 1.0, 0.5)) +
               "><title>" + escaped(one.name) + ", frame " + escaped(labels[column]) + ": " +
               number(value) + " " + escaped(text.unit) + "</title></rect>\n";
      }
      below += value;
    }
    if (column % every == 0) {
      svg += label_at(x + width / 2.0, kChartHeight - kBottom + 17.0, "middle", labels[column]);
    }
  }
  return svg + label_at(kLeft + kPlotWidth / 2.0, kChartHeight - 5.0, "middle", text.x_label) +
         "</svg>\n";
}

std::string bar_chart(const ChartText& text, const std::vector<Series>& series,
                      const std::vector<std::string>& labels) {
  constexpr double kNames = 190.0;
  constexpr double kNumbers = 90.0;
  constexpr double kBar = 14.0;
  constexpr double kGap = 9.0;
  // What is 0 has no bar, so that what there is can be found.
  const auto bars_of = [&series](std::size_t row) {
    std::size_t bars = 0;
    for (const Series& one : series) bars += one.values[row] > 0.0 ? 1 : 0;
    return static_cast<double>(std::max<std::size_t>(bars, 1));
  };
  const double top = std::max(most_of(series), 1e-9);
  double height = 8.0;
  for (std::size_t row = 0; row < labels.size(); ++row) height += kBar * bars_of(row) + kGap;
  std::string svg = open_svg(text, height);
  double y = 4.0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    svg += label_at(kNames - 10.0, y + kBar * bars_of(row) / 2.0 + 3.0, "end", labels[row]);
    double bar_y = y;
    for (const Series& one : series) {
      const double value = one.values[row];
      if (value <= 0.0) continue;
      const double length = (kWidth - kNames - kNumbers) * value / top;
      svg += "<rect class=\"bar " + one.style + "\"" + attribute("x", kNames) +
             attribute("y", bar_y) + attribute("width", std::max(length, 1.0)) +
             attribute("height", kBar - 3.0) + " rx=\"2\"/>\n";
      svg += label_at(kNames + length + 6.0, bar_y + kBar - 4.0, "start",
                      axis_number(value) + " " + text.unit);
      bar_y += kBar;
    }
    y += kBar * bars_of(row) + kGap;
  }
  return svg + "</svg>\n";
}

}  // namespace fa_demo
