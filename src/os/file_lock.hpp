// SPDX-License-Identifier: MIT OR Apache-2.0
// How a process shows others that it is at work on a file.
#pragma once

#include <cstdio>

namespace framealloc::os {

// Effect: takes the lock of an open file. It is given back when the file is closed, which happens
// whatever way the process ends. Result: false when another open file has it, in this process or
// another one, and where the file system knows no locks. Never waits.
[[nodiscard]] bool try_lock(std::FILE* file) noexcept;

}  // namespace framealloc::os
