// SPDX-License-Identifier: MIT OR Apache-2.0
// Patterns of paths: "*" and "?" within a name, "**" over folders.
#pragma once

#include <string>
#include <string_view>

namespace fa_check {

// Result: whether `pattern` matches all of `path`.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view path);

// Result: whether `pattern`, relative to the folder `root` unless it is absolute, names the absolute
// `path` or a folder above it. A pattern without "/" names files and folders at any depth.
[[nodiscard]] bool glob_covers(std::string_view pattern, std::string_view root,
                               std::string_view path);

}  // namespace fa_check
