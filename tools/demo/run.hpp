// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include "options.hpp"
#include "results.hpp"

namespace fa_tools {
class Progress;
}

namespace fa_demo {

/// Plays the scene on each wanted side, in turns, and measures.
RunResult run_demo(const Options& options, fa_tools::Progress& progress);

/// What the traced child process does: the warm-up, then the marked frames. Prints nothing.
void run_traced_child(const Options& options);

}  // namespace fa_demo
