// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fa_demo {

/// One line, band or set of bars. `style` is the CSS class that carries its color, so that the
/// page decides about light and dark.
struct Series {
  std::string name;
  std::string style;
  std::vector<double> values;
};

/// What a chart is about; values are in `unit`.
struct ChartText {
  std::string description;  ///< for readers who cannot see the chart
  std::string x_label;
  std::string unit;
};

/// Lines over equally spaced points. Values above `top` are drawn at the top.
std::string line_chart(const ChartText& text, const std::vector<Series>& series, double top,
                       double x_first, double x_last);

/// Filled steps of equal width from x_first to x_last, one outline per series.
std::string step_chart(const ChartText& text, const std::vector<Series>& series, double x_first,
                       double x_last);

/// Columns, one per label, whose parts are stacked in the order of the series.
std::string stacked_chart(const ChartText& text, const std::vector<Series>& series,
                          const std::vector<std::string>& labels);

/// Horizontal bars, one group per label with a bar for each series.
std::string bar_chart(const ChartText& text, const std::vector<Series>& series,
                      const std::vector<std::string>& labels);

/// The legend of some series as HTML.
std::string legend(const std::vector<Series>& series);

/// Text made safe inside HTML and SVG.
std::string escaped(std::string_view text);

}  // namespace fa_demo
