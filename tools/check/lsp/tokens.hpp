// SPDX-License-Identifier: MIT OR Apache-2.0
// The words and signs of a source, without its comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fa_check::lsp {

struct Token {
  std::string_view text;  // of the source, which must outlive it
  bool is_text = false;   // a string literal
  std::string value;      // of a string literal
  unsigned line = 0;      // from 0
};

[[nodiscard]] std::vector<Token> tokens_of(std::string_view source);
[[nodiscard]] bool is_word(std::string_view text);

}  // namespace fa_check::lsp
