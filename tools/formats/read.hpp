// SPDX-License-Identifier: MIT OR Apache-2.0
// The result of reading a file.
#pragma once

#include <string>

namespace fa_formats {

// A value, or a complaint that says where, what, what was expected and what to do.
template <class T>
struct Read {
  T value;
  std::string complaint;  // not empty: there is no value
  bool gone = false;      // the complaint is that there is no such file
  explicit operator bool() const { return complaint.empty(); }
};

}  // namespace fa_formats
