// SPDX-License-Identifier: MIT OR Apache-2.0
// House rules that a glance misses: lengths, license lines, order of includes, unfinished work,
// paths of one machine.
#include "structure/repository.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::structure {
namespace {

constexpr std::size_t kMostLines = 400;
// One noun that two files would only cut in half, and why.
const std::set<std::string> kLongFiles{
    "include/framealloc/smart_alloc.hpp",  // the allocator's members, and the page that users read
};

std::vector<Offense> check_length(const SourceFile& file) {
  if (!is_cpp(file.path) || file.lines.size() <= kMostLines) return {};
  if (kLongFiles.contains(file.path)) return {};
  return {{file.path, file.lines.size(), "longer than 400 lines: one noun each"}};
}

std::vector<Offense> check_license_line(const SourceFile& file) {
  const bool script = file.path.ends_with(".cmake") || file.path.ends_with("CMakeLists.txt");
  if (!is_cpp(file.path) && !file.path.ends_with(".def") && !script) return {};
  const std::string wanted = "SPDX-License-Identifier: MIT OR Apache-2.0";
  if (!file.lines.empty() && file.lines[0].find(wanted) != std::string::npos) return {};
  return {{file.path, 1, "the first line is not the SPDX line"}};
}

std::vector<Offense> check_include_guard(const SourceFile& file) {
  if (!file.path.ends_with(".hpp")) return {};
  for (const std::string& line : file.lines) {
    if (line == "#pragma once") return {};
  }
  return {{file.path, 0, "no #pragma once"}};
}

// The first header of a source is compiled alone with it, which structure.alone relies on. On which
// ring the header stands says nothing about the source's place.
std::vector<Offense> check_own_header_first(const SourceFile& file,
                                            const std::set<std::string>& headers) {
  if (!file.path.starts_with("src/") || !file.path.ends_with(".cpp")) return {};
  const std::string noun = file.path.substr(4, file.path.size() - 8);
  const std::string name = noun.substr(noun.rfind('/') + 1);
  std::string own;
  if (headers.contains("src/" + noun + ".hpp")) {
    own = "\"" + noun + ".hpp\"";
  } else if (headers.contains("include/framealloc/detail/" + noun + ".hpp")) {
    own = "<framealloc/detail/" + noun + ".hpp>";
  } else if (headers.contains("include/framealloc/" + name + ".hpp")) {
    own = "<framealloc/" + name + ".hpp>";
  } else {
    return {};
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (!file.lines[i].starts_with("#include")) continue;
    if (file.lines[i] == "#include " + own) return {};
    return {{file.path, i + 1, "the first include is not " + own}};
  }
  return {{file.path, 0, "does not include " + own}};
}

// A line is held against the pattern only when it has one of its `words`: over the whole tree, regular
// expressions alone take ten times as long.
std::vector<Offense> check_pattern(const SourceFile& file, const std::regex& pattern,
                                   std::initializer_list<std::string_view> words,
                                   const std::string& what) {
  std::vector<Offense> offenses;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    const auto stands_in_line = [&](std::string_view word) { return line.find(word) != line.npos; };
    if (std::any_of(words.begin(), words.end(), stands_in_line) && std::regex_search(line, pattern))
      offenses.push_back({file.path, i + 1, what});
  }
  return offenses;
}

// The patterns are written in pieces, so that this file does not match itself.
std::vector<Offense> check_unfinished(const SourceFile& file) {
  static const std::regex kMarks(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|GTEST"
      "_SKIP)\\b|\\bDIS"
      "ABLED_|NO"
      "LINT(NEXTLINE|BEGIN)?(\\([^)]*\\))?\\s*$");
  return is_cpp(file.path)
             ? check_pattern(file, kMarks,
                             {"TO"
                              "DO",
                              "FIX"
                              "ME",
                              "XX"
                              "X",
                              "_SKIP", "ABLED_", "LINT"},
                             "unfinished work, a skipped test or a silent suppression")
             : std::vector<Offense>{};
}

std::vector<Offense> check_machine_paths(const SourceFile& file) {
  static const std::regex kPaths(
      "(^|[^A-Za-z0-9_.})/-])(/ho"
      "me/[a-z]|/ro"
      "ot/|/wo"
      "rk/|/Us"
      "ers/[a-z]|[A-Z]:[\\\\/]Us"
      "ers)");
  return check_pattern(file, kPaths,
                       {"/ho", "/ro", "/wo",
                        "Us"
                        "ers"},
                       "path of one machine");
}

template <class Check>
void expect_none(Check check, const std::vector<std::string>& folders) {
  std::vector<Offense> offenses;
  std::size_t files = 0;
  for (const std::string& folder : folders) {
    for (const SourceFile& file : read_tree(folder)) {
      ++files;
      const auto found = check(file);
      offenses.insert(offenses.end(), found.begin(), found.end());
    }
  }
  EXPECT_GT(files, 10U) << "the source tree was not found";
  EXPECT_TRUE(offenses.empty()) << describe(offenses);
}

std::string repeat(const std::string& line, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += line;
  return text;
}

TEST(HouseRules, NoticesALongFile) {
  EXPECT_TRUE(check_length(make_file("src/a.cpp", repeat("x\n", kMostLines))).empty());
  EXPECT_EQ(check_length(make_file("src/a.cpp", repeat("x\n", kMostLines + 1))).size(), 1U);
}

TEST(HouseRules, NoticesAMissingLicenseLineAndGuard) {
  EXPECT_EQ(check_license_line(make_file("src/a.cpp", "#include <new>\n")).size(), 1U);
  EXPECT_EQ(check_license_line(make_file("src/a.cpp", "")).size(), 1U);
  EXPECT_TRUE(
      check_license_line(make_file("src/a.cpp", "// SPDX-License-Identifier: MIT OR Apache-2.0\n"))
          .empty());
  EXPECT_EQ(check_include_guard(make_file("include/a.hpp", "#ifndef A\n")).size(), 1U);
}

TEST(HouseRules, NoticesAnotherHeaderFirst) {
  const std::set<std::string> headers{"include/framealloc/detail/pool/slab.hpp",
                                      "include/framealloc/stats.hpp", "src/os/process.hpp"};
  const auto offenses = [&](const char* path, const char* text) {
    return check_own_header_first(make_file(path, text), headers).size();
  };
  const char* const slab = "#include <framealloc/detail/pool/slab.hpp>\n#include <new>\n";
  const char* const late = "#include <new>\n#include <framealloc/detail/pool/slab.hpp>\n";
  EXPECT_EQ(offenses("src/pool/slab.cpp", late), 1U);
  EXPECT_EQ(offenses("src/pool/slab.cpp", "int x;\n"), 1U);
  EXPECT_EQ(offenses("src/pool/slab.cpp", slab), 0U);
  EXPECT_EQ(offenses("src/pool/slab_list.cpp", "#include <new>\n"), 0U);
  EXPECT_EQ(offenses("src/account/stats.cpp", "#include <new>\n"), 1U);
  EXPECT_EQ(offenses("src/account/stats.cpp", "#include <framealloc/stats.hpp>\n"), 0U);
  EXPECT_EQ(offenses("src/os/process.cpp", "#include <new>\n"), 1U);
  EXPECT_EQ(offenses("src/os/process.cpp", "#include \"os/process.hpp\"\n"), 0U);
}

TEST(HouseRules, NoticesUnfinishedWork) {
  const std::string bare =
      "int x;  // NO"
      "LINT\n";
  const std::string reasoned =
      "int x;  // NO"
      "LINT(bugprone-x): the reason\n";
  EXPECT_EQ(check_unfinished(make_file("src/a.cpp",
                                       "// TO"
                                       "DO: later\n"))
                .size(),
            1U);
  EXPECT_EQ(check_unfinished(make_file("tests/a.cpp",
                                       "TEST(A, DIS"
                                       "ABLED_B) {}\n"))
                .size(),
            1U);
  EXPECT_EQ(check_unfinished(make_file("src/a.cpp", bare)).size(), 1U);
  EXPECT_TRUE(check_unfinished(make_file("src/a.cpp", reasoned)).empty());
}

TEST(HouseRules, NoticesPathsOfOneMachine) {
  EXPECT_EQ(check_machine_paths(make_file("dev",
                                          "cd /ho"
                                          "me/somebody/framealloc\n"))
                .size(),
            1U);
  EXPECT_EQ(check_machine_paths(make_file("dev",
                                          "x=\"/wo"
                                          "rk/tree\"\n"))
                .size(),
            1U);
  EXPECT_TRUE(check_machine_paths(make_file("dev",
                                            "see docs/wo"
                                            "rk/list\n"))
                  .empty());
}

TEST(HouseRules, FilesAreShort) {
  expect_none(check_length, {"include", "src", "modules", "debuggers", "tools", "tests",
                             "benchmarks", "examples"});
}

TEST(HouseRules, SourcesNameTheirLicenseAndHeadersAreGuarded) {
  expect_none(check_license_line, {"."});
  expect_none(check_include_guard,
              {"include", "src", "modules", "debuggers", "tools", "tests", "benchmarks"});
}

TEST(HouseRules, SourcesIncludeTheirOwnHeaderFirst) {
  std::set<std::string> headers;
  for (const char* folder : {"include", "src"}) {
    for (const SourceFile& file : read_tree(folder)) headers.insert(file.path);
  }
  expect_none([&](const SourceFile& file) { return check_own_header_first(file, headers); },
              {"src"});
}

TEST(HouseRules, NothingIsUnfinished) { expect_none(check_unfinished, {"."}); }

TEST(HouseRules, NoPathsOfOneMachine) { expect_none(check_machine_paths, {"."}); }

}  // namespace
}  // namespace framealloc::structure
