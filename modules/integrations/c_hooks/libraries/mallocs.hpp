// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts the calls of malloc and its kin, and of mmap, made during a scope, in any code.
#pragma once

#include <cstdint>

namespace framealloc::c_hooks {

// Result: calls of the calling thread until now.
[[nodiscard]] std::uint64_t mallocs_until_now() noexcept;
[[nodiscard]] std::uint64_t maps_until_now() noexcept;

class MallocsInScope {
 public:
  [[nodiscard]] std::uint64_t count() const noexcept { return mallocs_until_now() - before_; }
  [[nodiscard]] std::uint64_t maps() const noexcept { return maps_until_now() - maps_before_; }

 private:
  std::uint64_t before_ = mallocs_until_now();
  std::uint64_t maps_before_ = maps_until_now();
};

}  // namespace framealloc::c_hooks
