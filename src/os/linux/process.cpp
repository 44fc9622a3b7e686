// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/process.hpp"

#include <unistd.h>

namespace framealloc::os {

std::uint64_t process_id() noexcept { return static_cast<std::uint64_t>(getpid()); }

std::string process_name() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0) return {};
  const std::string whole(path, static_cast<std::size_t>(length));
  return whole.substr(whole.rfind('/') + 1);
}

}  // namespace framealloc::os
