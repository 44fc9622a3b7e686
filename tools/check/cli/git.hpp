// SPDX-License-Identifier: MIT OR Apache-2.0
// What git says has changed.
#pragma once

#include <string>
#include <vector>

namespace fa_check {

struct ChangedFiles {
  std::vector<std::string> files;  // absolute; deleted ones too
  std::string complaint;           // why git did not say it
};

// Result: the files that differ between `ref` and the working tree around `folder`, with those that
// git does not know yet and does not ignore.
[[nodiscard]] ChangedFiles changed_since(const std::string& folder, const std::string& ref);

}  // namespace fa_check
