// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/container/failure.hpp>

#include <framealloc/text.hpp>

#include <cstdio>
#include <cstdlib>

namespace framealloc::detail {

void index_out_of_range(std::size_t index, std::size_t size) noexcept {
  Text<128> message("framealloc: index ");
  message.append(index).append(" of a container with ").append(size).append(" elements\n");
  std::fputs(message.c_str(), stderr);
  std::abort();
}

void abort_without_memory(std::size_t bytes) noexcept {
  Text<192> message("framealloc: no memory for ");
  message.append_bytes(bytes).append(
      " that a standard container asked for, and exceptions are off\n");
  std::fputs(message.c_str(), stderr);
  std::abort();
}

}  // namespace framealloc::detail
