// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing what a tool has to say, and noticing when that fails.
#pragma once

#include <string>
#include <string_view>

namespace fa_tools {

// What the tools say on standard error: "fa diff: WHAT". `verb` is the part before the colon.
// Effect: writes one line, foreign text in it escaped. Result: `exit_code`.
int complain(std::string_view verb, std::string_view what, int exit_code);
// Effect: the same with a hint at --help. Result: kExitUsage.
int complain_usage(std::string_view verb, std::string_view what);

// Effect: writes `text` to standard output, to the last byte, or complains.
// Result: kExitOk or kExitWrite.
int write_out(std::string_view verb, std::string_view text);
// Effect: the same for text that holds foreign names as they are: on a terminal they are escaped.
int write_data(std::string_view verb, std::string_view text);
// Effect: replaces the file. Result: "", or why it could not be written: "x.html cannot be written:
// No space left on device".
std::string write_file(const std::string& path, std::string_view text);

// Result: whether the two paths lead to one file, through links too.
bool same_file(const std::string& a, const std::string& b);

}  // namespace fa_tools
