// SPDX-License-Identifier: MIT OR Apache-2.0
// Running a program and reading what it says.
#pragma once

#include <string>
#include <vector>

namespace fa_check {

struct ProcessResult {
  int exit_code = -1;  // -1: it could not be started, or a signal ended it
  std::string out, err;
};

// Effect: runs `words[0]`, looked for in PATH, and waits for it.
[[nodiscard]] ProcessResult run_process(const std::vector<std::string>& words);

}  // namespace fa_check
