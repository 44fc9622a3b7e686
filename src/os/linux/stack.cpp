// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/stack.hpp"

#include <cstring>

#include <fcntl.h>
#include <unistd.h>
#include <unwind.h>

namespace framealloc::os {
namespace {

struct Capture {
  const void** addresses;
  std::size_t most;
  std::size_t count;
  std::size_t skip;
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
  auto& capture = *static_cast<Capture*>(argument);
  if (capture.skip != 0) {
    --capture.skip;
    return _URC_NO_REASON;
  }
  if (capture.count == capture.most) return _URC_END_OF_STACK;
  const _Unwind_Ptr address = _Unwind_GetIP(context);
  if (address == 0) return _URC_END_OF_STACK;
  capture.addresses[capture.count++] = reinterpret_cast<const void*>(address);
  return _URC_NO_REASON;
}

// Takes a hexadecimal number off the front of `text`.
std::uintptr_t take_hex(const char*& text) noexcept {
  std::uintptr_t value = 0;
  for (;; ++text) {
    const char c = *text;
    unsigned digit = 16;
    if (c >= '0' && c <= '9') digit = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<unsigned>(c - 'a') + 10;
    if (digit == 16) return value;
    value = value * 16 + digit;
  }
}

// "55d0c0a00000-55d0c0a21000 r-xp 00002000 08:01 123   /path". Result: whether `address` is in it.
bool read_line(const char* line, std::uintptr_t address, CodePlace& place) noexcept {
  const std::uintptr_t first = take_hex(line);
  if (*line++ != '-') return false;
  const std::uintptr_t last = take_hex(line);
  if (address < first || address >= last) return false;
  for (; *line == ' '; ++line) {
  }
  for (; *line != ' ' && *line != '\0'; ++line) {
  }
  if (*line == ' ') ++line;
  const std::uintptr_t offset = take_hex(line);
  const char* const path = std::strchr(line, '/');
  if (path == nullptr) return false;
  std::strncpy(place.file, path, sizeof place.file - 1);
  place.offset = address - first + offset;
  return true;
}

}  // namespace

std::size_t capture_stack(const void** addresses, std::size_t most) noexcept {
  Capture capture{addresses, most, 0, 2};  // this function and its caller
  _Unwind_Backtrace(&visit, &capture);
  return capture.count;
}

bool find_code(std::uintptr_t address, CodePlace& place) noexcept {
  const int file = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char line[512];
  std::size_t length = 0;
  bool found = false;
  char piece[1024];
  for (ssize_t n = read(file, piece, sizeof piece); n > 0 && !found;
       n = read(file, piece, sizeof piece)) {
    for (ssize_t i = 0; i < n && !found; ++i) {
      if (piece[i] != '\n') {
        if (length < sizeof line - 1) line[length++] = piece[i];
        continue;
      }
      line[length] = '\0';
      length = 0;
      found = read_line(line, address, place);
    }
  }
  close(file);
  return found;
}

}  // namespace framealloc::os
