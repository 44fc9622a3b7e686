// SPDX-License-Identifier: MIT OR Apache-2.0
// Source files by line, each read once.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fa_check {

struct SourceText {
  bool readable = false;
  std::string text;
  std::vector<std::string_view> lines;  // without their ends
  // Result: the line, counted from 1; "" beyond the end.
  [[nodiscard]] std::string_view line(unsigned number) const {
    return number == 0 || number > lines.size() ? std::string_view() : lines[number - 1];
  }
};

class Sources {
 public:
  const SourceText& get(const std::string& path);
  // Effect: `text` counts for the file's, as in an editor.
  void put(const std::string& path, std::string text);

 private:
  std::map<std::string, std::unique_ptr<SourceText>> files_;
};

// Result: the words of `line` with one space between, so that laying it out anew changes nothing.
[[nodiscard]] std::string normalized(std::string_view line);

}  // namespace fa_check
