// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <string>

#include "common/color.hpp"
#include "machine.hpp"
#include "results.hpp"

namespace fa_demo {

/// The same results three ways. Each returns the whole text; none prints.
std::string text_report(const RunResult& run, const Machine& machine, fa_tools::Color color = {});
std::string json_report(const RunResult& run, const Machine& machine);
std::string html_report(const RunResult& run, const Machine& machine);

}  // namespace fa_demo
