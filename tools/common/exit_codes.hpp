// SPDX-License-Identifier: MIT OR Apache-2.0
// The exit codes of every tool; tools/README.md lists them.
#pragma once

namespace fa_tools {

inline constexpr int kExitOk = 0;
inline constexpr int kExitNo = 1;     // it ran, and its answer is "no"; --help says to what
inline constexpr int kExitUsage = 2;  // wrong arguments
inline constexpr int kExitWrite = 3;  // the output could not be written
inline constexpr int kExitRead = 4;   // the input could not be read
inline constexpr int kExitUnavailable =
    5;  // a program, a port or another resource is not to be had
inline constexpr int kExitInterrupted = 130;

}  // namespace fa_tools
