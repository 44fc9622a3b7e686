// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace fa {

struct Verb {
  std::string_view name;
  std::string_view summary;
};

// Every verb of this version, in the order of a developer's day. A verb is the program fa-<name>;
// which of them are installed is found out at run time.
inline constexpr std::array kVerbs{
    Verb{"demo", "play a game loop on framealloc and on malloc, and compare the two"},
    Verb{"explain", "say what a diagnostic code means and how to put it right"},
    Verb{"list", "list the diagnostic codes"},
    Verb{"insight", "show what a running game holds, in the browser"},
    Verb{"diff", "compare two snapshots by tag"},
    Verb{"export", "convert snapshots for other tools"},
};

}  // namespace fa
