// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace fa {

struct Verb {
  std::string_view name;
  std::string_view summary;
};

// Everything that `fa` knows, in the order of a developer's day. A verb is the program fa-<name>;
// which of them are installed is found out at run time.
inline constexpr std::array<Verb, 14> kVerbs{{
    {"demo", "play a game loop on framealloc and on malloc, and compare the two"},
    {"init", "write a .fa.toml for this project"},
    {"check", "find frame memory that escapes its frame, and other misuse, in C++ sources"},
    {"explain", "say what a diagnostic code means and how to put it right"},
    {"list", "list the diagnostic codes"},
    {"show", "show the settings in force and where they come from"},
    {"lsp", "serve findings to an editor over the language server protocol"},
    {"record", "record the allocations of a program as a trace"},
    {"replay", "play a trace back on framealloc and on other allocators"},
    {"advise", "propose arena sizes, size classes and budgets from a trace"},
    {"insight", "show what a running game holds, in the browser"},
    {"diff", "compare two snapshots by tag"},
    {"export", "convert snapshots and traces for other tools"},
    {"doctor", "look for what keeps framealloc from running well here"},
}};

}  // namespace fa
