// SPDX-License-Identifier: MIT OR Apache-2.0
// What reports are made of, without any analysis.
#include "model/glob.hpp"
#include "report/comments.hpp"
#include "report/render.hpp"
#include "report/suppressions.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace fa_check {
namespace {

SourceText source(std::string text) {
  SourceText result;
  result.readable = true;
  result.text = std::move(text);
  std::string_view rest = result.text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    result.lines.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return result;
}

Diagnostic found(unsigned code, const std::string& file, unsigned line) {
  Diagnostic diagnostic;
  diagnostic.finding.code = code;
  diagnostic.finding.file = file;
  diagnostic.finding.line = diagnostic.finding.end_line = line;
  diagnostic.finding.column = 3;
  diagnostic.finding.end_column = 8;
  diagnostic.finding.message = "'p' is used after its frame ended";
  diagnostic.severity = info_of(code).severity;
  diagnostic.line_fingerprint = file + std::to_string(code);
  return diagnostic;
}

TEST(Glob, StarsStayInTheirFolderAndDoubleStarsDoNot) {
  EXPECT_TRUE(glob_matches("src/*.cpp", "src/a.cpp"));
  EXPECT_FALSE(glob_matches("src/*.cpp", "src/x/a.cpp"));
  EXPECT_TRUE(glob_matches("src/**/*.cpp", "src/x/y/a.cpp"));
  EXPECT_TRUE(glob_matches("src/**/*.cpp", "src/a.cpp"));
  EXPECT_TRUE(glob_matches("**/gen/*", "a/b/gen/x"));
  EXPECT_TRUE(glob_matches("?.cpp", "a.cpp"));
  EXPECT_FALSE(glob_matches("?", "/"));
  EXPECT_FALSE(glob_matches("a*b", "a/b"));
  EXPECT_TRUE(glob_matches("a**b", "a/x/b"));
}

TEST(Glob, TakesNoMoreThanTheProductOfTheLengths) {
  EXPECT_FALSE(glob_matches("a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Glob, CoversWhatLiesBelowAFolder) {
  EXPECT_TRUE(glob_covers("gen", "/p", "/p/gen/a/b.cpp"));
  EXPECT_TRUE(glob_covers("gen", "/p", "/p/x/gen/b.cpp"));
  EXPECT_TRUE(glob_covers("./x/gen/", "/p", "/p/x/gen/b.cpp"));
  EXPECT_FALSE(glob_covers("x/gen", "/p", "/p/y/x/gen/b.cpp"));
  EXPECT_FALSE(glob_covers("gen", "/p", "/q/gen/b.cpp"));
  EXPECT_FALSE(glob_covers("gen", "/p", "/px/gen"));
}

TEST(Codes, AreReadInEverySpelling) {
  for (const char* word : {"FA606", "fa606", "606", "use-after-end"}) {
    const auto choice = parse_codes(word);
    ASSERT_TRUE(choice) << word;
    EXPECT_EQ(choice->codes, std::vector<unsigned>{606});
  }
  EXPECT_GT(parse_codes("6xx")->codes.size(), 5U);
  for (const char* word : {"", "FA", "FA66", "FA6x6", "xx6", "FA001", "FA9999", "6xxx"}) {
    EXPECT_FALSE(parse_codes(word)) << word;
  }
  EXPECT_NE(no_such_code("FA66").find("did you mean FA6"), std::string::npos);
}

TEST(Comments, AreToldFromStrings) {
  const std::string text =
      "int a; // one\n"
      "const char* s = \"// no\"; // two\n"
      "const char* r = R\"x(// no )\" // no\n)x\"; // three\n"
      "  /* four\n*/ int n = 1'000; char c = '\"'; // five\n"
      "// six";
  std::vector<std::string> words;
  std::vector<unsigned> lines;
  for (const Comment& comment : comments_of(text)) {
    words.emplace_back(comment.text);
    lines.push_back(comment.line);
  }
  EXPECT_EQ(words,
            (std::vector<std::string>{" one", " two", " three", " four\n", " five", " six"}));
  EXPECT_EQ(lines, (std::vector<unsigned>{1, 2, 4, 5, 6, 7}));
}

TEST(Suppressions, TheNarrowestCounts) {
  const SourceText text = source(
      "// fa:allow-file(6xx): whole\n"
      "a();  // fa:allow(FA606): line\n"
      "// fa:allow-begin(601): block\n"
      "b();\n"
      "// fa:allow-end(601)\n");
  FileSuppressions all(text, "a.cpp", true);
  EXPECT_EQ(all.find(606, 2)->reason, "line");
  EXPECT_EQ(all.find(601, 4)->reason, "block");
  EXPECT_EQ(all.find(601, 2)->reason, "whole");
  EXPECT_FALSE(all.find(201, 2));
  EXPECT_TRUE(all.faults().empty());
  EXPECT_TRUE(all.unused([](unsigned) { return true; }).empty());
}

TEST(Suppressions, OnesThatDoNotCountSayWhy) {
  const SourceText text = source(
      "a();  // fa:allow(FA606)\n"
      "b();  // fa:allow(FA66): why\n"
      "c();  // fa:allow FA606: why\n"
      "// fa:allow-end(FA606)\n"
      "d();  // see fa:allow(FA606), which this is not\n"
      "const char* s = \"// fa:allow(FA606): nor this\";\n");
  FileSuppressions all(text, "a.cpp", true);
  ASSERT_EQ(all.faults().size(), 4U);
  EXPECT_NE(all.faults()[0].message.find("has no reason"), std::string::npos);
  EXPECT_NE(all.faults()[1].message.find("no code 'FA66'"), std::string::npos);
  EXPECT_EQ(all.faults()[2].line, 3U);
  EXPECT_NE(all.faults()[3].message.find("no begin"), std::string::npos);
  for (unsigned line = 1; line <= 6; ++line) EXPECT_FALSE(all.find(606, line)) << line;
}

TEST(Report, EqualLinesAreNumberedAndDoublesGo) {
  Report report;
  report.diagnostics = {found(606, "b.cpp", 9), found(606, "b.cpp", 4), found(606, "b.cpp", 9),
                        found(601, "a.cpp", 1)};
  put_in_order(report);
  ASSERT_EQ(report.diagnostics.size(), 3U);
  EXPECT_EQ(report.diagnostics[0].finding.file, "a.cpp");
  EXPECT_EQ(report.diagnostics[1].finding.line, 4U);
  EXPECT_NE(report.diagnostics[1].fingerprint, report.diagnostics[2].fingerprint);
  const std::string first = report.diagnostics[1].fingerprint;
  // A line that comes in above changes no fingerprint.
  for (Diagnostic& diagnostic : report.diagnostics) ++diagnostic.finding.line;
  put_in_order(report);
  EXPECT_EQ(report.diagnostics[1].fingerprint, first);
}

TEST(Report, JsonIsReadBackAsItWas) {
  Report report;
  report.version = "1.2.3";
  report.llvm = "19.1.7";
  report.files = {{"a.cpp", FileStatus::Timeout, "slow", 7}};
  report.diagnostics = {found(606, "a.cpp", 4)};
  Finding& finding = report.diagnostics[0].finding;
  finding.related = {{"a.cpp", 1, 2, "made here"}};
  finding.notes = {"a note"};
  finding.fix = Fix{"reserve", {{"a.cpp", 1, 2, 1, 2, "x"}}};
  report.diagnostics[0].suppression = Suppression{SuppressionKind::Baseline, "known", "k.json", 0};
  put_in_order(report);
  count(report);
  const nlohmann::ordered_json json = json_of(report);
  std::string complaint;
  const auto again = report_of(nlohmann::json(json), complaint);
  ASSERT_TRUE(again) << complaint;
  Report ordered = *again;
  count(ordered);
  EXPECT_EQ(json_of(ordered), json);
  EXPECT_EQ(json["summary"]["failed"], 1);
  EXPECT_EQ(json["summary"]["suppressed"], 1);

  nlohmann::json bad(json);
  bad["diagnostics"][0]["line"] = "four";
  EXPECT_FALSE(report_of(bad, complaint));
  EXPECT_EQ(complaint, "diagnostics[0] has no number 'line'");
}

TEST(Render, SarifHasThePathAndTheSuppression) {
  Report report;
  report.version = "1.2.3";
  report.diagnostics = {found(606, "src/a b.cpp", 4), found(301, "/abs/c.cpp", 2)};
  report.diagnostics[0].finding.related = {{"src/a b.cpp", 1, 2, "made here"},
                                           {"src/a b.cpp", 3, 2, "ended here"}};
  report.diagnostics[0].suppression = Suppression{SuppressionKind::Inline, "why", "src/a b.cpp", 4};
  put_in_order(report);
  RenderOptions options;
  options.base = "/home";
  Sources sources;
  const auto run =
      nlohmann::json::parse(render(report, Format::Sarif, options, sources))["runs"][0];
  EXPECT_EQ(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], "file:///home/");
  const auto& hint = run["results"][0];
  EXPECT_EQ(hint["level"], "note");
  EXPECT_EQ(hint["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            "file:///abs/c.cpp");
  const auto& error = run["results"][1];
  EXPECT_EQ(error["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/a%20b.cpp");
  EXPECT_EQ(error["codeFlows"][0]["threadFlows"][0]["locations"].size(), 3U);
  EXPECT_EQ(error["suppressions"][0]["justification"], "why");
  EXPECT_EQ(error["suppressions"][0]["kind"], "inSource");
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), analyzer_codes().size());
}

TEST(Render, XmlAndGitHubEscapeWhatNamesHold) {
  Report report;
  report.diagnostics = {found(606, "a<&\"\x01,:.cpp", 4)};
  report.diagnostics[0].finding.message = "50% <b>\nnext";
  put_in_order(report);
  count(report);
  Sources sources;
  const std::string junit = render(report, Format::JUnit, {}, sources);
  EXPECT_NE(junit.find("a&lt;&amp;&quot;\xEF\xBF\xBD,:.cpp"), std::string::npos);
  EXPECT_NE(junit.find("failures=\"1\""), std::string::npos);
  const std::string style = render(report, Format::Checkstyle, {}, sources);
  EXPECT_NE(style.find("message=\"50% &lt;b&gt;&#10;next\""), std::string::npos);
  const std::string github = render(report, Format::GitHub, {}, sources);
  EXPECT_NE(github.find("%2C%3A.cpp,line=4,col=3"), std::string::npos);
  EXPECT_NE(github.find("::50%25 <b>%0Anext\n"), std::string::npos);
}

TEST(Render, MarksStandUnderTheExpression) {
  Report report;
  report.diagnostics = {found(606, "a.cpp", 4)};
  report.diagnostics[0].line_text = "  \xC3\xA4 + b;";
  report.diagnostics[0].finding.column = 3;
  report.diagnostics[0].finding.end_column = 9;
  Sources sources;
  const std::string text = render(report, Format::Terminal, {}, sources);
  EXPECT_NE(text.find("4 |   \xC3\xA4 + b;\n  |   ^^^^^\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace fa_check
