// SPDX-License-Identifier: MIT OR Apache-2.0
// The program as a user runs it.
#include "common/exit_codes.hpp"

#include "game.hpp"
#include "test_support/program.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace fa_insight {
namespace {

using fa_insight_test::Folder;
using fa_insight_test::Game;
using fa_test::Outcome;
using fa_test::run_program;

Outcome run(const std::vector<std::string>& arguments, int interrupt_after_ms = 0) {
  return run_program(FA_INSIGHT_PROGRAM, arguments, {}, interrupt_after_ms);
}
bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(InsightProgram, HelpsThroughTheDriver) {
  const Outcome outcome = run_program(FA_PROGRAM, {"insight", "--help"});
  EXPECT_EQ(outcome.exit_code, fa_tools::kExitOk);
  for (const char* option : {"--directory", "--serve", "--interval", "--once", "Exit codes"}) {
    EXPECT_TRUE(has(outcome.out, option)) << option;
  }
  EXPECT_TRUE(has(run({"--version"}).out, "fa insight "));
}

TEST(InsightProgram, SaysWhatIsWrong) {
  const Outcome other = run({"--serve", "192.168.1.5:80"});
  EXPECT_EQ(other.exit_code, fa_tools::kExitUsage);
  EXPECT_TRUE(has(other.err, "'192.168.1.5:80' is no address of this machine alone"));
  EXPECT_TRUE(has(other.err, "fa insight --help"));
  EXPECT_EQ(run({"snapshots"}).exit_code, fa_tools::kExitUsage);

  const Folder folder;
  const Outcome missing = run({"--directory", (folder.path() / "none").string()});
  EXPECT_EQ(missing.exit_code, fa_tools::kExitRead);
  EXPECT_TRUE(has(missing.err, "there is no directory"));
}

TEST(InsightProgram, ServesUntilInterrupted) {
  const Folder folder;
  folder.write("snapshot.request", "");
  const Outcome outcome = run({"--directory", folder.path().string()}, 3000);
  EXPECT_EQ(outcome.exit_code, fa_tools::kExitOk);
  EXPECT_TRUE(has(outcome.out, "http://127.0.0.1:")) << outcome.out;
  EXPECT_FALSE(has(outcome.out, "127.0.0.1:0/"));
  EXPECT_EQ(outcome.err, "");
  // It was another's.
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "snapshot.request"));
}

TEST(InsightProgram, WritesAReport) {
  const Folder folder;
  const std::string page = (folder.path() / "report.html").string();
  const std::vector<std::string> arguments{"--directory", folder.path().string(), "--once", page};
  const Outcome none = run(arguments);
  EXPECT_EQ(none.exit_code, fa_tools::kExitRead);
  EXPECT_TRUE(has(none.err, "no snapshot in"));

  Game game(folder.path());
  game.run_frame(1000);
  ASSERT_TRUE(game.emit());
  const Outcome outcome = run(arguments);
  EXPECT_EQ(outcome.exit_code, fa_tools::kExitOk) << outcome.err;
  EXPECT_TRUE(has(outcome.out, "1 snapshots written"));
  std::ostringstream text;
  text << std::ifstream(page).rdbuf();
  EXPECT_TRUE(has(text.str(), "\"live\":false"));
  EXPECT_TRUE(has(text.str(), "game::physics"));

  const Outcome denied = run({"--directory", folder.path().string(), "--once",
                              (folder.path() / "none" / "report.html").string()});
  EXPECT_EQ(denied.exit_code, fa_tools::kExitWrite);
  EXPECT_TRUE(has(denied.err, "cannot be written: No such file"));
}

TEST(InsightProgram, OverwritesNoSnapshotAndNoticesAFullDisk) {
  const Folder folder;
  const std::string text = R"({"version":1,"frame":1,"tags":null})";
  folder.write("snapshot_1.json", text);
  const std::string file = (folder.path() / "snapshot_1.json").string();
  const Outcome refused = run({"--directory", folder.path().string(), "--once", file});
  EXPECT_EQ(refused.exit_code, fa_tools::kExitUsage);
  EXPECT_TRUE(has(refused.err, "is a snapshot"));
  EXPECT_EQ(std::filesystem::file_size(file), text.size());
  const Outcome full = run({"--directory", folder.path().string(), "--once", "/dev/full"});
  EXPECT_EQ(full.exit_code, fa_tools::kExitWrite);
  EXPECT_TRUE(has(full.err, "No space left on device")) << full.err;
}

}  // namespace
}  // namespace fa_insight
