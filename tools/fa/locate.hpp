// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fa {

// Result: the folder of the running program, found through the system; through `argv0` and PATH
// where the system does not tell. Empty when neither helps.
std::string own_folder(std::string_view argv0);

// Result: the path of fa-<verb>: beside this program first, then in PATH. Empty when it is in
// neither.
std::optional<std::string> find_program(std::string_view verb, const std::string& folder);

}  // namespace fa
