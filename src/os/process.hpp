// SPDX-License-Identifier: MIT OR Apache-2.0
// Which process this is.
#pragma once

#include <cstdint>
#include <string>

namespace framealloc::os {

[[nodiscard]] std::uint64_t process_id() noexcept;
// Result: the program's file name, "" when the system does not tell.
[[nodiscard]] std::string process_name();

}  // namespace framealloc::os
