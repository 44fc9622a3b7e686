// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/compiler.hpp>

#include <cstdint>

namespace framealloc::os {

// Result: nanoseconds of a monotonic clock; makes no system call where the platform allows it.
[[nodiscard]] FRAMEALLOC_API std::uint64_t now_ns() noexcept;

}  // namespace framealloc::os
