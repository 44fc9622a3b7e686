// SPDX-License-Identifier: MIT OR Apache-2.0
// The files of the source tree as the structure tests read them.
#pragma once

#include <string>
#include <vector>

namespace framealloc::structure {

// A text file of the tree; `path` is relative to the root and uses forward slashes.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;
};

// Something that breaks a rule: where it stands and what it is.
struct Offense {
  std::string path;
  std::size_t line = 0;  // 1-based; 0 when the whole file offends
  std::string what;
};

// Result: every text file below `folder` (relative to the root), sorted by path, without build
// folders and version control. Binary files and files over 1 MiB are left out.
std::vector<SourceFile> read_tree(const std::string& folder);

// Result: a file made of `text`, for tests of the rules themselves.
SourceFile make_file(const std::string& path, const std::string& text);

// Result: "path:line: what" for each offense, one a line.
std::string describe(const std::vector<Offense>& offenses);

// Result: true when `path` is a C++ header or source.
bool is_cpp(const std::string& path);

}  // namespace framealloc::structure
