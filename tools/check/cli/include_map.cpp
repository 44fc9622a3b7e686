// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/include_map.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>

namespace fa_check {

namespace {

std::string name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// Result: what the line includes; "" when it includes nothing.
std::string_view included(std::string_view line) {
  const auto skip_blanks = [&line] {
    while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
  };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (!line.starts_with('"') && !line.starts_with('<')) return {};
  const std::size_t end = line.find(line.front() == '"' ? '"' : '>', 1);
  return end == std::string_view::npos ? std::string_view() : line.substr(1, end - 1);
}

}  // namespace

void IncludeMap::add(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const std::string_view what = included(line);
    if (!what.empty()) includers_[name_of(what)].push_back(file);
  }
}

std::vector<std::string> IncludeMap::includers_of(const std::set<std::string>& files) const {
  std::set<std::string> found;
  std::vector<std::string> open(files.begin(), files.end());
  while (!open.empty()) {
    const std::string name = name_of(open.back());
    open.pop_back();
    const auto includers = includers_.find(name);
    if (includers == includers_.end()) continue;
    for (const std::string& file : includers->second) {
      if (found.insert(file).second) open.push_back(file);
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace fa_check
