// SPDX-License-Identifier: MIT OR Apache-2.0
// Foreign text on a terminal: names of tags, threads and files may hold anything.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fa_tools {

// One character of UTF-8.
struct Character {
  std::size_t bytes = 1;
  char32_t code = 0;
  bool valid = false;  // not: one byte that begins no character
};
// Result: the character that `text` begins with. Requirement: `text` is not empty.
Character first_character(std::string_view text);

// Result: whether a character would steer a terminal or reorder the text around it: control
// characters (C0, DEL, C1), line and paragraph separators, marks that change the direction of text,
// and invisible ones that make two names look alike.
bool is_steering(char32_t code);

// Result: `text` with such characters, and bytes that are not UTF-8, as escapes: \n, \x1b, \u202e.
std::string printable(std::string_view text);
// Result: the same, except that line ends stay.
std::string printable_lines(std::string_view text);

}  // namespace fa_tools
