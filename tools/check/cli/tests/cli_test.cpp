// SPDX-License-Identifier: MIT OR Apache-2.0
// Parts of the command line, without any analysis; check_cli.py runs the whole program.
#include "cli/compile_database.hpp"
#include "cli/fixes.hpp"
#include "cli/options.hpp"
#include "cli/unit_record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace fa_check {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "fa-check-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }
  fs::path folder_;
};

TEST(Command, IsSplitAsAShellDoes) {
  EXPECT_EQ(split_command("c++ -DX=\\\"a\\\" '-D Y' \"-DZ=\\\"b c\\\"\" a\\ b.cpp ''"),
            (Words{"c++", "-DX=\"a\"", "-D Y", "-DZ=\"b c\"", "a b.cpp", ""}));
}

TEST_F(Folder, DatabaseLeavesOutWhatDoesNotConcernTheAnalysis) {
  const std::string path = write("build/compile_commands.json", R"([
    {"directory": "..", "file": "src/a.cpp",
     "command": "ccache c++ -DN=1 -Iinc -MD -MF x.d -Werror -fcoroutines -o a.o -c src/a.cpp"},
    {"directory": "..", "file": "src/a.cpp", "arguments": ["c++", "-DN=2", "src/a.cpp"]},
    {"directory": "..", "file": "lib/b.cpp", "arguments": ["c++", "-DB", "-c", "lib/b.cpp"]}])");
  CompileDatabase database;
  ASSERT_EQ(database.read(path), "");
  const CompileCommand* a = database.find((folder_ / "src/a.cpp").string());
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->arguments, (Words{"-DN=1", "-Iinc"}));
  EXPECT_EQ(a->directory, folder_.string());
  EXPECT_EQ(database.nearest((folder_ / "lib/c.cpp").string())->arguments, Words{"-DB"});
  EXPECT_EQ(find_database((folder_ / "src/deep").string()), (folder_ / "build").string());
}

TEST_F(Folder, DatabaseThatIsNoneSaysSo) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"{}", "expected a JSON array"},
           {"[{}]", "entry 0 has no 'file'"},
           {"[{\"file\": \"a.cpp\"}]", "entry 0 has neither"},
           {"[{\"file\": \"a.cpp\", \"arguments\": [1]}]", "an argument that is no text"}}) {
    CompileDatabase database;
    EXPECT_NE(database.read(write("c.json", text)).find(says), std::string::npos) << text;
  }
}

TEST(Record, ComesBackAsItWentIn) {
  UnitResult result;
  result.parsed = true;
  result.headers = {"/usr/include/a b.h", ""};
  result.functions = 7;
  result.model_seen = true;
  Finding finding;
  finding.code = 606;
  finding.file = "/x/a.cpp";
  finding.line = 3;
  finding.message = "with 12 digits 34 and\nlines";
  finding.notes = {"n"};
  finding.related = {{"/x/a.cpp", 1, 2, "made"}};
  finding.fix = Fix{"f", {{"/x/a.cpp", 1, 2, 3, 4, "text"}}};
  result.findings = {finding};
  result.assumptions = {{"/x/a.cpp", 9, "f()", "limit"}};
  const std::string record = record_of(result);
  const auto again = read_record(record);
  ASSERT_TRUE(again);
  EXPECT_EQ(record_of(*again), record);
  EXPECT_EQ(again->findings[0].message, finding.message);
  // Nothing that was cut off or changed in its counts is taken for a result.
  for (std::size_t size = 0; size < record.size(); ++size) {
    EXPECT_FALSE(read_record(std::string_view(record).substr(0, size))) << size;
  }
  EXPECT_FALSE(read_record(record + "x"));
  EXPECT_FALSE(read_record("4294967295 x"));
}

Diagnostic fixable(const std::string& file, std::vector<Edit> edits) {
  Diagnostic diagnostic;
  diagnostic.finding.code = 608;
  diagnostic.finding.file = file;
  diagnostic.finding.fix = Fix{"fix", std::move(edits)};
  return diagnostic;
}

class Fixes : public Folder {
 protected:
  FixPlan plan(const std::vector<Diagnostic>& diagnostics) {
    return plan_fixes(diagnostics, sources_,
                      [&](const std::string& file) { return (folder_ / file).string(); });
  }
  Sources sources_;
};

TEST_F(Fixes, ThatOverlapAreLeftOutWhole) {
  write("a.cpp", "one\ntwo\nthree\n");
  const FixPlan fixed =
      plan({fixable("a.cpp", {{"a.cpp", 2, 1, 2, 4, "TWO"}}),
            fixable("a.cpp", {{"a.cpp", 3, 1, 3, 1, "x"}, {"a.cpp", 2, 2, 2, 3, "y"}}),
            fixable("a.cpp", {{"a.cpp", 1, 4, 1, 4, ";"}}),
            fixable("a.cpp", {{"a.cpp", 9, 1, 9, 1, "z"}})});
  EXPECT_EQ(fixed.applied, 2U);
  EXPECT_EQ(fixed.left_out, 2U);
  ASSERT_EQ(fixed.files.size(), 1U);
  EXPECT_EQ(fixed.files[0].after, "one;\nTWO\nthree\n");
}

TEST_F(Fixes, OfSuppressedFindingsAreNotApplied) {
  write("a.cpp", "one\n");
  Diagnostic diagnostic = fixable("a.cpp", {{"a.cpp", 1, 1, 1, 4, "1"}});
  diagnostic.suppression = Suppression{};
  EXPECT_EQ(plan({diagnostic}).applied, 0U);
}

// `patch` is the judge of what a unified diff is.
TEST_F(Fixes, DiffIsAppliedByPatch) {
  std::string text;
  for (int i = 1; i <= 40; ++i) text += "line " + std::to_string(i) + "\n";
  text += "last";
  const std::string path = write("a.cpp", text);
  const FixPlan fixed = plan({fixable("a.cpp", {{"a.cpp", 1, 1, 1, 1, "// new\n"}}),
                              fixable("a.cpp", {{"a.cpp", 5, 1, 7, 1, ""}}),
                              fixable("a.cpp", {{"a.cpp", 7, 2, 7, 3, "IN\nE"}}),
                              fixable("a.cpp", {{"a.cpp", 20, 5, 20, 7, " 20 and\n more"}}),
                              fixable("a.cpp", {{"a.cpp", 41, 1, 41, 5, "end"}})});
  ASSERT_EQ(fixed.applied, 5U);
  write("a.diff", unified_diff(fixed.files[0]));
  const std::string command =
      "cd '" + folder_.string() + "' && patch -s -p1 --fuzz=0 <a.diff >patch.log 2>&1";
  if (std::system("command -v patch >/dev/null") == 0) {
    EXPECT_EQ(std::system(command.c_str()), 0) << unified_diff(fixed.files[0]);
    EXPECT_EQ(Sources().get(path).text, fixed.files[0].after);
  }
}

// model < facts < flow < checks < report < cli, lsp, tidy: a layer may include those before it. Reports
// know findings, not how they are made.
bool may_include(const std::string& from, const std::string& to) {
  static const Words kLayers{"model", "facts", "flow", "checks", "report", "cli"};
  const auto rank = [](const std::string& layer) {
    return std::find(kLayers.begin(), kLayers.end(), layer) - kLayers.begin();
  };
  if (from == "report") return to == "report" || to == "model";
  return rank(to) <= rank(from) && (to != "lsp" || from == "lsp");
}

TEST(Layers, IncludeInOneDirection) {
  EXPECT_TRUE(may_include("flow", "facts"));
  EXPECT_FALSE(may_include("facts", "flow"));
  EXPECT_FALSE(may_include("report", "checks"));
  std::size_t read = 0;
  const fs::path root = fs::path(FA_SOURCE_DIR) / "tools/check";
  for (const char* layer : {"model", "facts", "flow", "checks", "report", "cli"}) {
    if (!fs::is_directory(root / layer)) continue;
    for (const auto& entry : fs::directory_iterator(root / layer)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("#include \"")) continue;
        const std::string target = line.substr(10, line.find('/') - 10);
        if (!fs::is_directory(root / target)) continue;
        ++read;
        EXPECT_TRUE(may_include(layer, target)) << entry.path() << ": " << line;
      }
    }
  }
  EXPECT_GT(read, 50U);
}

TEST(Options, TellWordsOfTheCompilerFromTheirOwn) {
  fa_tools::CommonOptions common;
  const Options options =
      parse_options({"a.cpp", "--changed", "--jobs=3", "--", "-DX", "--all"}, common);
  EXPECT_EQ(common.complaint, "");
  EXPECT_EQ(options.changed, "HEAD");
  EXPECT_EQ(options.jobs, 3U);
  EXPECT_EQ(options.extra, (Words{"-DX", "--all"}));
  EXPECT_TRUE(options.groups.empty());
}

TEST(Options, OfACodeAndARangeTheCodeCounts) {
  fa_tools::CommonOptions common;
  const Options options = parse_options({"--deny", "601", "--allow", "6xx,FA201"}, common);
  EXPECT_EQ(options.level_of(601), Level::Deny);
  EXPECT_EQ(options.level_of(606), Level::Allow);
  EXPECT_EQ(options.level_of(201), Level::Allow);
  EXPECT_EQ(options.level_of(202), std::nullopt);
}

// A finding whose code no group has is never shown, whatever the engine finds.
TEST(Options, EveryCodeOfTheCorpusIsInAGroup) {
  fa_tools::CommonOptions common;
  const Options all = parse_options({"--all"}, common);
  unsigned folders = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(FA_SOURCE_DIR) / "tools/check/corpus")) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || !name.starts_with("FA")) continue;
    ++folders;
    EXPECT_TRUE(parse_codes(name)) << name;
    EXPECT_TRUE(all.wants(static_cast<unsigned>(std::stoul(name.substr(2))))) << name;
  }
  EXPECT_GE(folders, 23U);
}

}  // namespace
}  // namespace fa_check
