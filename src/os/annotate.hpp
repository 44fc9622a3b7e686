// SPDX-License-Identifier: MIT OR Apache-2.0
// Telling AddressSanitizer and Valgrind which memory may be touched.
#pragma once

#include <cstddef>

namespace framealloc::os {

// Result: whether one of them listens: the library was built with AddressSanitizer, or the process
// runs under Valgrind and the library was built where valgrind/memcheck.h is. Constant.
[[nodiscard]] bool annotations_heard() noexcept;
// Effect: an access to the range is reported from now on. Nothing when neither listens.
void annotate_forbidden(const void* address, std::size_t size) noexcept;
// Effect: the range may be used again; what it holds is undefined.
void annotate_allowed(const void* address, std::size_t size) noexcept;

}  // namespace framealloc::os
