// SPDX-License-Identifier: MIT OR Apache-2.0
// A line on the terminal that says how far a long run is; nothing when nobody watches.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <string>

namespace bench {

class Progress {
 public:
  void expect(std::size_t steps) { expected_ = steps; }
  void step(const std::string& what) {
    ++done_;
    if (!visible_ || done_ % 8 != 0) return;
    if (expected_ > 0) {
      std::fprintf(stderr, "\r%3zu%%  %-50s", done_ * 100 / expected_, what.c_str());
    } else {
      std::fprintf(stderr, "\r%zu samples  %-50s", done_, what.c_str());
    }
  }
  void finish() {
    if (visible_) std::fprintf(stderr, "\r%70s\r", "");
  }

 private:
  bool visible_ = isatty(STDERR_FILENO) == 1;
  std::size_t expected_ = 0;
  std::size_t done_ = 0;
};

}  // namespace bench
