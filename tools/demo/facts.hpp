// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "results.hpp"

namespace fa_demo {

/// A line of the table of steady frames, ready to print: one value per side.
struct Fact {
  std::string label;
  std::vector<std::string> values;
};

/// What the text and the HTML report say about steady frames. A figure that was not measured reads
/// "not counted", never 0.
std::vector<Fact> steady_facts(const RunResult& run);

/// What the text and the HTML report say of handles, streamed assets and retained results.
std::vector<Fact> feature_facts(const RunResult& run);

/// The outcome in two lines: what a steady frame costs in memory traffic, and in time.
std::vector<std::string> verdict(const RunResult& run);
/// Why framealloc's steady frames are not shown to be free of memory traffic; "" when they are.
std::string not_shown(const RunResult& run);
/// How many parts of the frame each side wins.
std::string score(const RunResult& run);

}  // namespace fa_demo
