// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>

namespace fa_demo {

/// Page faults so far, minor and major together: of every thread of the process, or of the calling
/// thread alone. 0 where the system does not tell.
std::uint64_t process_page_faults() noexcept;
std::uint64_t thread_page_faults() noexcept;
bool can_count_page_faults() noexcept;

}  // namespace fa_demo
