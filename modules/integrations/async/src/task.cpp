// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/task.hpp>

namespace framealloc::async::detail {

void no_result(const char* why) noexcept {
  std::fprintf(stderr, "framealloc: %s; ask done() and operator bool first\n", why);
  std::abort();
}

}  // namespace framealloc::async::detail
