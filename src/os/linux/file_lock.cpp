// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/file_lock.hpp"

#include <sys/file.h>

namespace framealloc::os {

bool try_lock(std::FILE* file) noexcept {
  // Not fcntl(): its locks are the process's, and gone when any descriptor of the file is closed.
  return flock(fileno(file), LOCK_EX | LOCK_NB) == 0;
}

}  // namespace framealloc::os
