// SPDX-License-Identifier: MIT OR Apache-2.0
// Foreign JSON within bounds: of a size, a depth and a number of containers that no honest file
// has.
#pragma once

#include "formats/read.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fa_formats {

inline constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;
inline constexpr std::size_t kMostDepth = 64;
inline constexpr std::size_t kMostContainers = 1'000'000;  // objects and arrays

// Result: everything that the file, pipe or device has, if that is at most kMostBytes. `wanted`
// completes "expected ...".
Read<std::string> read_text(const std::string& path, std::string_view wanted);

// Effect: parses `text` into `root`. Result: "", or a complaint. Throws nothing but std::bad_alloc.
// `path` and `wanted` are for the complaint.
std::string parse_json(std::string_view text, const std::string& path, std::string_view wanted,
                       nlohmann::json& root);

}  // namespace fa_formats
