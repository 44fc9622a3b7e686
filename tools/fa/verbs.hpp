// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace fa {

struct Verb {
  std::string_view name;
  std::string_view summary;
  // Not empty: the verb is the first word of this other verb's program.
  std::string_view part_of = {};
};

// Every verb of this version, in the order of a developer's day. A verb is the program fa-<name>, or
// a part of another one; which of them are installed is found out at run time.
inline constexpr std::array kVerbs{
    Verb{"demo", "play a game loop on framealloc and on malloc, and compare the two"},
    Verb{"check", "find memory that is used after its frame, before the program runs"},
    Verb{"init", "write a .fa.toml with every default", "check"},
    Verb{"show", "show all that fa check says about one file", "check"},
    Verb{"lsp", "serve an editor: findings as you type", "check"},
    Verb{"merge", "join the reports of fa check --shard", "check"},
    Verb{"explain", "say what a diagnostic code means and how to put it right"},
    Verb{"list", "list the diagnostic codes"},
    Verb{"insight", "show what a running game holds, in the browser"},
    Verb{"diff", "compare two snapshots by tag"},
    Verb{"export", "convert snapshots for other tools"},
};

}  // namespace fa
