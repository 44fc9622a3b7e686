// SPDX-License-Identifier: MIT OR Apache-2.0
#include "structure/repository.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace framealloc::structure {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestText = std::uintmax_t{1} << 20;

// What is generated or belongs to a tool, not to the project.
bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == ".git" || name == "build" || name == "out" || name == ".cache" ||
         name == "node_modules";
}

}  // namespace

SourceFile make_file(const std::string& path, const std::string& text) {
  SourceFile file{path, {}};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> read_tree(const std::string& folder) {
  const fs::path root = FRAMEALLOC_SOURCE_DIR;
  std::vector<SourceFile> files;
  if (!fs::exists(root / folder)) return files;
  for (fs::recursive_directory_iterator it(root / folder), end; it != end; ++it) {
    if (is_left_out(it->path())) {  // .git is a file in a linked worktree
      if (it->is_directory()) it.disable_recursion_pending();
      continue;
    }
    std::error_code gone;  // an editor's temporary file may vanish while we walk
    const std::uintmax_t size = it->is_regular_file() ? it->file_size(gone) : kLargestText + 1;
    if (gone || size > kLargestText) continue;
    std::ifstream in(it->path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (text.find('\0') != std::string::npos) continue;
    files.push_back(make_file(fs::relative(it->path(), root).generic_string(), text));
  }
  std::ranges::sort(files, {}, &SourceFile::path);
  return files;
}

std::string describe(const std::vector<Offense>& offenses) {
  std::ostringstream out;
  for (const Offense& offense : offenses) {
    out << offense.path << ':' << offense.line << ": " << offense.what << '\n';
  }
  return out.str();
}

bool is_cpp(const std::string& path) {
  return path.ends_with(".hpp") || path.ends_with(".cpp") || path.ends_with(".inl");
}

}  // namespace framealloc::structure
