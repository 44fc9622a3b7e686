// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts what the test program asks of operator new, to show what does not go there.
#pragma once

#include <cstddef>

namespace framealloc::test {

// Result: calls of operator new in this thread so far.
[[nodiscard]] std::size_t new_calls() noexcept;

class NewCount {
 public:
  NewCount() noexcept : start_(new_calls()) {}
  // Result: calls since the object was made.
  [[nodiscard]] std::size_t calls() const noexcept { return new_calls() - start_; }

 private:
  std::size_t start_;
};

}  // namespace framealloc::test
