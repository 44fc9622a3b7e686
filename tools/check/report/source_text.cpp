// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/source_text.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace fa_check {

namespace {

void split(SourceText& file) {
  std::string_view rest = file.text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    file.lines.push_back(line);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

const SourceText& Sources::get(const std::string& path) {
  std::unique_ptr<SourceText>& file = files_[path];
  if (file) return *file;
  file = std::make_unique<SourceText>();
  std::ifstream in(path, std::ios::binary);
  if (!in) return *file;
  file->readable = true;
  file->text.assign(std::istreambuf_iterator<char>(in), {});
  split(*file);
  return *file;
}

void Sources::put(const std::string& path, std::string text) {
  std::unique_ptr<SourceText>& file = files_[path];
  file = std::make_unique<SourceText>();
  file->readable = true;
  file->text = std::move(text);
  split(*file);
}

std::string normalized(std::string_view line) {
  std::string text;
  bool gap = false;
  for (const char c : line) {
    if (c == ' ' || c == '\t' || c == '\r') {
      gap = !text.empty();
    } else {
      if (gap) text += ' ';
      gap = false;
      text += c;
    }
  }
  return text;
}

}  // namespace fa_check
