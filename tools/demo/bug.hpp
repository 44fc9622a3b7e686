// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include "results.hpp"

namespace fa_demo {

/// Plays the scene with a bug seeded into it, in a child process under guard mode Pages, which ends
/// that process at the stale access and says whose memory it was.
BugReport show_bug(const Options& options);

/// What that child process does. It returns only when nobody caught the bug.
void run_bug_child(const Options& options);

}  // namespace fa_demo
