// SPDX-License-Identifier: MIT OR Apache-2.0
// Tables for people: columns as wide as they need to be, and no wider than allowed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fa_tools {

class TextTable {
 public:
  enum class Align { Left, Right };
  struct Column {
    std::string title;
    Align align = Align::Right;
    std::size_t most = 24;  // characters; a longer text loses its middle
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> cells);
  // Result: two spaces before each line and between columns, no spaces at its end.
  std::string render() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// Result: the number of characters of UTF-8, each of which is taken to be one column wide.
std::size_t width_of(std::string_view text);
// Result: printable(text) in at most `most` characters; its middle becomes "..." where it is
// longer.
std::string fitted(std::string_view text, std::size_t most);

// Result: "1.5 MiB", "12 B".
std::string bytes_text(std::uint64_t bytes);
// Result: the same with a sign: "+1.5 MiB", "-12 B", "0 B".
std::string growth_text(std::int64_t bytes);

}  // namespace fa_tools
