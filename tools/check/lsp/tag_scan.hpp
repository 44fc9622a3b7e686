// SPDX-License-Identifier: MIT OR Apache-2.0
// Where a source opens tags, found by its tokens alone: nothing is compiled, and half-typed code is
// read as far as it goes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fa_check::lsp {

struct TagOpening {
  std::string tag;
  unsigned line = 0;  // from 0
};

struct TaggedFunction {
  unsigned line = 0;  // on which its declaration begins, from 0
  std::vector<TagOpening> openings;
};

// Result: the functions that open at least one tag with with_tag() or tag_scope(), by a literal or a
// constant of the same file.
[[nodiscard]] std::vector<TaggedFunction> tagged_functions(std::string_view text);

}  // namespace fa_check::lsp
