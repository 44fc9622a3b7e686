// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

namespace fa_demo {

/// Makes Ctrl-C and SIGTERM ask for an orderly end instead of killing the process: the frame that
/// runs is finished and the report covers what ran. A second Ctrl-C kills as usual.
void catch_interrupts();
bool interrupted() noexcept;

}  // namespace fa_demo
