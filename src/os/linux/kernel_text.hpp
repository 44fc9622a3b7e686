// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace framealloc::os {

// The first bytes of a small file of the kernel; empty when it cannot be read.
class KernelText {
 public:
  explicit KernelText(const char* path) noexcept {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    const ssize_t n = read(file, data_, sizeof data_);
    size_ = n > 0 ? static_cast<std::size_t>(n) : 0;
    close(file);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }

 private:
  char data_[1024];
  std::size_t size_ = 0;
};

}  // namespace framealloc::os
