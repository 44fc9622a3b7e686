// SPDX-License-Identifier: MIT OR Apache-2.0
// Comments on public types begin with ///, so that Doxygen and editors show them.
#include "structure/repository.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <regex>
#include <string>
#include <vector>

namespace framealloc::structure {
namespace {

// Types at namespace scope stand at the margin, in headers laid out by clang-format: that is what
// makes lines enough to find them.
bool declares_type(const std::string& line) {
  static const std::regex kType("^(class|struct|union|enum)\\b([^;]*$|.*\\{)|^using \\w+ =");
  return std::regex_search(line, kType);
}

// Result: braces opened less braces closed, those in comments and literals aside.
int braces(const std::string& line) {
  static const std::regex kQuoted("\"([^\"\\\\]|\\\\.)*\"|'([^'\\\\]|\\\\.)'");
  std::string code = std::regex_replace(line, kQuoted, "");
  code.resize(std::min(code.size(), code.find("//")));
  return static_cast<int>(std::ranges::count(code, '{') - std::ranges::count(code, '}'));
}

bool continues_template(const std::string& line) {
  return line.starts_with("template <") || line.starts_with("  requires");
}

// Result: true for a comment that is neither documentation nor the banner of a section.
bool is_plain_comment(const std::string& line) {
  return line.starts_with("//") && !line.starts_with("///") && !line.starts_with("// ---");
}

bool is_for_users(const std::string& path) {
  static const std::regex kPath("^include/framealloc/[^/]+\\.hpp$");
  return std::regex_search(path, kPath);
}

std::vector<Offense> check_doc_comments(const SourceFile& file) {
  static const std::regex kOpensDetail("^namespace (framealloc::)?detail\\b.*\\{");
  if (!is_for_users(file.path)) return {};
  std::vector<Offense> offenses;
  int depth = 0;
  int detail = 0;           // depth of what stands in the namespace detail; 0 outside
  std::size_t comment = 0;  // line of the plain comment that ends right above; 0 when none does
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    depth += braces(line);
    if (std::regex_search(line, kOpensDetail) && detail == 0) detail = depth;
    if (depth < detail) detail = 0;
    if (is_plain_comment(line)) {
      comment = i + 1;
    } else if (comment != 0 && !continues_template(line)) {
      if (detail == 0 && declares_type(line)) {
        offenses.push_back({file.path, comment, "a public type is documented with //, not ///"});
      }
      comment = 0;
    }
  }
  return offenses;
}

std::size_t offenses_of(const std::string& text,
                        const std::string& path = "include/framealloc/a.hpp") {
  return check_doc_comments(make_file(path, text)).size();
}

TEST(DocComments, NoticesAPlainCommentAboveAPublicType) {
  EXPECT_EQ(offenses_of("// Counts.\nstruct Stats {\n"), 1U);
  EXPECT_EQ(offenses_of("// Counts\n// things.\nclass FRAMEALLOC_API Stats final : Base {\n"), 1U);
  EXPECT_EQ(offenses_of("// A kind.\nenum class Kind : int { A };\n"), 1U)
      << "a type on one line counts as well";
  EXPECT_EQ(offenses_of("// A handler.\nusing Handler = void (*)();\n"), 1U);
  EXPECT_EQ(offenses_of("// One.\ntemplate <class T>\n  requires(sizeof(T) > 1)\nclass Box {\n"),
            1U);
}

TEST(DocComments, LeavesOtherCommentsAlone) {
  EXPECT_EQ(offenses_of("/// Counts.\nstruct Stats {\n"), 0U);
  EXPECT_EQ(offenses_of("// About the file.\n\nstruct Stats {\n"), 0U);
  EXPECT_EQ(offenses_of("// --- Types ---\nstruct Stats {\n"), 0U);
  EXPECT_EQ(offenses_of("// Only named here.\nclass Stats;\n"), 0U);
  EXPECT_EQ(offenses_of("// Why.\n#include <new>\n"), 0U);
  EXPECT_EQ(
      offenses_of("namespace detail {\n// Inside.\nclass Engine {\n};\n}  // namespace detail\n"
                  "// Outside.\nclass Face {\n"),
      1U)
      << "the end of the namespace is seen";
}

TEST(DocComments, LooksAtHeadersForUsersOnly) {
  const std::string text = "// Counts.\nstruct Stats {\n";
  EXPECT_EQ(offenses_of(text, "include/framealloc/detail/base/a.hpp"), 0U);
  EXPECT_EQ(offenses_of(text, "src/base/a.hpp"), 0U);
}

TEST(DocComments, PublicTypesAreDocumented) {
  std::vector<Offense> offenses;
  std::size_t headers = 0;
  for (const SourceFile& file : read_tree("include/framealloc")) {
    if (!is_for_users(file.path)) continue;
    ++headers;
    const auto found = check_doc_comments(file);
    offenses.insert(offenses.end(), found.begin(), found.end());
  }
  EXPECT_GT(headers, 40U) << "the headers were not found";
  EXPECT_TRUE(offenses.empty()) << describe(offenses);
}

}  // namespace
}  // namespace framealloc::structure
