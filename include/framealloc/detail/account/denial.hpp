// SPDX-License-Identifier: MIT OR Apache-2.0
// Why memory was not to be had, as a value.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>

namespace framealloc::detail {

// What the door that denies knows. It goes up beside the null, to callers that ask for it, so that
// the reason need not be inferred from reports.
struct Denial {
  Code code = Code::None;           // FA310 to FA313, FA012, FA011, FA021, FA402; None: no denial
  TagId tag = TagId::Untagged;      // FA311: whose budget it was, the request's or one above it
  std::size_t available = 0;        // bytes that could have been had
  std::size_t ready_elsewhere = 0;  // of the limit, bytes that other threads keep ready
  bool whole = false;               // FA310: by the budget of the whole, not by the memory limit

  // Effect: `denial` is told to a caller that wants to know.
  static void store(Denial* why, const Denial& denial) noexcept {
    if (why != nullptr) *why = denial;
  }
};

}  // namespace framealloc::detail
