// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "fa/verbs.hpp"
#include "test_support/program.hpp"

namespace {

namespace fs = std::filesystem;
using fa_test::run_program;

// A folder with a copy of the driver and verbs of its own.
class DriverTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "fa-driver-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    fs::create_directories(folder_ / "path");
    fs::copy_file(FA_PROGRAM, folder_ / "fa");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void add_verb(const fs::path& file, const std::string& script) {
    std::ofstream(file) << "#!/bin/sh\n" << script << "\n";
    fs::permissions(file, fs::perms::owner_all);
  }
  std::string driver() const { return (folder_ / "fa").string(); }
  std::vector<std::string> path_variable() const {
    return {"PATH=" + (folder_ / "path").string() + ":/usr/bin:/bin"};
  }

  fs::path folder_;
};

TEST_F(DriverTest, HelpListsEveryVerbAndSaysWhichAreMissing) {
  add_verb(folder_ / "fa-list", "exit 0");
  const auto outcome = run_program(driver(), {"--help"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 0);
  std::size_t missing = 0;
  for (std::size_t at = 0; (at = outcome.out.find("(not installed)", at)) != std::string::npos;
       ++at) {
    ++missing;
  }
  EXPECT_EQ(missing, fa::kVerbs.size() - 1) << outcome.out;
  for (const fa::Verb& verb : fa::kVerbs) {
    EXPECT_NE(outcome.out.find(std::string("\n  ") + std::string(verb.name) + " "),
              std::string::npos)
        << verb.name;
  }
}

TEST_F(DriverTest, RunsTheVerbBesideItselfWithItsArgumentsAndItsExitCode) {
  add_verb(folder_ / "fa-explain", "echo beside \"$1\" \"$2\"; exit 41");
  add_verb(folder_ / "path" / "fa-explain", "echo path; exit 42");
  const auto outcome = run_program(driver(), {"explain", "two words", "--help"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 41);
  EXPECT_EQ(outcome.out, "beside two words --help\n");
}

TEST_F(DriverTest, FallsBackToPath) {
  add_verb(folder_ / "path" / "fa-diff", "exit 43");
  EXPECT_EQ(run_program(driver(), {"diff"}, path_variable()).exit_code, 43);
}

TEST_F(DriverTest, FindsItsOwnFolderThroughASymbolicLink) {
  add_verb(folder_ / "fa-list", "exit 44");
  fs::create_symlink(folder_ / "fa", folder_ / "path" / "fa");
  EXPECT_EQ(run_program((folder_ / "path" / "fa").string(), {"list"}, {"PATH=/bin"}).exit_code, 44);
}

TEST_F(DriverTest, AnUnknownVerbIsAUsageError) {
  const auto outcome = run_program(driver(), {"frobnicate"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_NE(outcome.err.find("no verb 'frobnicate'"), std::string::npos) << outcome.err;
  EXPECT_NE(outcome.err.find("fa --help"), std::string::npos) << outcome.err;
  EXPECT_EQ(run_program(driver(), {}, path_variable()).exit_code, 2);
}

TEST_F(DriverTest, AMissingVerbIsNamed) {
  const auto outcome = run_program(driver(), {"diff"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_NE(outcome.err.find("fa-diff"), std::string::npos) << outcome.err;
}

TEST_F(DriverTest, AVerbThatCannotStartIsReported) {
  add_verb(folder_ / "fa-export", "");
  std::ofstream(folder_ / "fa-export") << "#!/no/such/interpreter\n";
  const auto outcome = run_program(driver(), {"export"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_NE(outcome.err.find("cannot start"), std::string::npos) << outcome.err;
}

// What the driver lists is what the folders of the tools are.
TEST_F(DriverTest, ListsTheVerbsThatTheToolsAre) {
  std::set<std::string> listed, made;
  for (const fa::Verb& verb : fa::kVerbs) {
    listed.emplace(verb.part_of.empty() ? verb.name : verb.part_of);
  }
  for (const auto& entry : fs::directory_iterator(fs::path(FA_SOURCE_DIR) / "tools")) {
    if (fs::exists(entry.path() / "main.cpp")) made.insert(entry.path().filename().string());
  }
  made.erase("fa");
  EXPECT_EQ(listed, made);
}

TEST_F(DriverTest, RunsAVerbThatIsPartOfAnother) {
  add_verb(folder_ / "fa-check", "echo \"$#\" \"$1\" \"$2\"; exit 45");
  const auto outcome = run_program(driver(), {"merge", "--format=json"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 45);
  EXPECT_EQ(outcome.out, "2 merge --format=json\n");
}

TEST_F(DriverTest, AFullDiskAndForeignTextAreReported) {
  for (const char* option : {"--help", "--version"}) {
    const auto outcome =
        run_program("/bin/sh", {"-c", driver() + " " + option + " >/dev/full"}, path_variable());
    EXPECT_EQ(outcome.exit_code, 3) << option;
    EXPECT_NE(outcome.err.find("No space left"), std::string::npos) << outcome.err;
  }
  const auto outcome = run_program(driver(), {"a\x1b[2J\xe2\x80\xae"}, path_variable());
  EXPECT_EQ(outcome.err, "fa: there is no verb 'a\\x1b[2J\\u202e'; 'fa --help' lists them\n");
}

TEST_F(DriverTest, PrintsItsVersion) {
  const auto outcome = run_program(driver(), {"--version"}, path_variable());
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with("fa ")) << outcome.out;
}

}  // namespace
