// SPDX-License-Identifier: MIT OR Apache-2.0
// Decides what happens when a thread's pool has reached its limit.
#pragma once

#include <framealloc/call_site.hpp>

#include <cstddef>

namespace framealloc::detail {

// Implemented by thread/.
class PoolLimitHost {
 public:
  // Result: whether a request of `size` bytes may be met although `used` and it are more than the
  // limit; if not, the reason has been reported. Called by the thread whose pool it is.
  [[nodiscard]] virtual bool pass_pool(std::size_t used, std::size_t size,
                                       const CallSite& site) noexcept = 0;

 protected:
  ~PoolLimitHost() = default;
};

}  // namespace framealloc::detail
