// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets to try a library with.
#pragma once

#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace framealloc::c_hooks {

// 40 limits from 256 bytes to 24 MiB, each 1.34 times the one before.
[[nodiscard]] inline std::array<std::size_t, 40> forty_limits() {
  constexpr double kFirst = 256;
  constexpr double kLast = 24.0 * 1024 * 1024;
  std::array<std::size_t, 40> limits{};
  for (std::size_t i = 0; i < limits.size(); ++i) {
    limits[i] = static_cast<std::size_t>(
        kFirst * std::pow(kLast / kFirst, static_cast<double>(i) / (limits.size() - 1)));
  }
  return limits;
}

// With budgets, small chunks, and reports kept in `log`.
[[nodiscard]] inline AllocConfig limited_config(framealloc::testing::ReportLog& log) {
  AllocConfig config = AllocConfig::minimal();
  config.enable_budgets = true;
  return config.with_report_handler(&framealloc::testing::ReportLog::handler, &log);
}

}  // namespace framealloc::c_hooks
