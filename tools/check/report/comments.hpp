// SPDX-License-Identifier: MIT OR Apache-2.0
// The comments of a C++ file, without a compiler: strings, raw ones too, are told from them.
#pragma once

#include <string_view>
#include <vector>

namespace fa_check {

struct Comment {
  std::string_view text;  // behind "//" or "/*", without "*/"
  unsigned line = 0;      // on which it begins
  bool alone = false;     // nothing stands before it on its line
};

[[nodiscard]] std::vector<Comment> comments_of(std::string_view text);

}  // namespace fa_check
