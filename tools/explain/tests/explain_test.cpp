// SPDX-License-Identifier: MIT OR Apache-2.0
#include "test_support/json_reader.hpp"
#include "test_support/program.hpp"

#include <framealloc/codes.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

using fa_test::JsonReader;
using fa_test::Outcome;
using framealloc::all_codes;
using framealloc::CodeInfo;

Outcome run(const std::vector<std::string>& arguments) {
  return fa_test::run_program(FA_EXPLAIN_PROGRAM, arguments);
}

TEST(Explain, ShowsACodeByAnyOfItsNames) {
  const Outcome outcome = run({"FA310"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out,
            "FA310 global-limit\n"
            "  severity: warning\n"
            "  category: budgets\n"
            "  raised by: the allocator, at run time\n"
            "  meaning: the global memory limit denied a request\n"
            "  help: raise global_memory_limit or hold less\n");
  for (const char* name : {"fa310", "310", "global-limit", "Global-Limit"}) {
    EXPECT_EQ(run({name}).out, outcome.out) << name;
  }
}

TEST(Explain, ShowsSeveralInTheOrderAsked) {
  const Outcome outcome = run({"FA601", "FA001"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_LT(outcome.out.find("FA601"), outcome.out.find("FA001"));
}

TEST(Explain, EveryCodeOfTheManifestIsExplained) {
  for (const CodeInfo& info : all_codes()) {
    const Outcome outcome = run({std::string(info.slug)});
    EXPECT_EQ(outcome.exit_code, 0) << info.id;
    EXPECT_TRUE(outcome.out.starts_with(info.id)) << outcome.out;
    EXPECT_NE(outcome.out.find(info.meaning), std::string::npos) << info.id;
    EXPECT_NE(outcome.out.find(info.help), std::string::npos) << info.id;
  }
}

TEST(Explain, JsonHasEveryRowOfTheManifest) {
  const Outcome outcome = run({"--all", "--format=json"});
  EXPECT_EQ(outcome.exit_code, 0);
  const auto json = JsonReader::read(outcome.out);
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->at("schema")->text, "framealloc.codes.v1");
  const auto& rows = json->at("codes")->items;
  ASSERT_EQ(rows.size(), all_codes().size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].at("code")->text, all_codes()[i].id);
    EXPECT_EQ(rows[i].at("slug")->text, all_codes()[i].slug);
    EXPECT_EQ(rows[i].at("severity")->text, to_string(all_codes()[i].severity));
    EXPECT_EQ(rows[i].at("category")->text, to_string(all_codes()[i].category));
    EXPECT_EQ(rows[i].at("meaning")->text, all_codes()[i].meaning);
    EXPECT_EQ(rows[i].at("help")->text, all_codes()[i].help);
    EXPECT_NE(rows[i].at("raised_by")->text, "");
  }
}

TEST(Explain, ThePageOfTheDocumentationIsWhatItWrites) {
  const auto path = std::filesystem::path(FA_SOURCE_DIR) / "docs" / "diagnostics.md";
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  const Outcome outcome = run({"--all", "--format", "markdown"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(text.str(), outcome.out)
      << "run: fa explain --all --format markdown > docs/diagnostics.md";
}

TEST(Explain, AnUnknownCodeIsToldWithWhatLooksLikeIt) {
  const Outcome outcome = run({"globl-limit"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_NE(outcome.err.find("did you mean global-limit"), std::string::npos) << outcome.err;
  const Outcome mixed = run({"FA001", "nonsense-beyond-recognition"});
  EXPECT_EQ(mixed.exit_code, 1);
  EXPECT_TRUE(mixed.out.starts_with("FA001"));
  EXPECT_NE(mixed.err.find("nonsense"), std::string::npos);
  EXPECT_EQ(mixed.err.find("did you mean"), std::string::npos) << mixed.err;
}

TEST(Explain, WrongArgumentsAreAUsageError) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"--frobnicate"},
                                                {"--format"},
                                                {"FA001", "--format", "xml"},
                                                {"--all", "FA001"}}) {
    const Outcome outcome = run(wrong);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find("fa explain --help"), std::string::npos) << outcome.err;
  }
}

TEST(Explain, HelpAndVersion) {
  EXPECT_EQ(run({"--help"}).exit_code, 0);
  EXPECT_NE(run({"--help"}).out.find("Exit codes"), std::string::npos);
  EXPECT_TRUE(run({"--version"}).out.starts_with("fa explain "));
}

TEST(Explain, TheDriverFindsIt) {
  const Outcome outcome = fa_test::run_program(FA_PROGRAM, {"explain", "FA001"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_TRUE(outcome.out.starts_with("FA001"));
  EXPECT_EQ(fa_test::run_program(FA_PROGRAM, {"list"}).exit_code, 0);
}

TEST(Explain, AnOutputThatCannotBeWrittenIsToldByTheExitCode) {
  const Outcome outcome =
      fa_test::run_program("/bin/sh", {"-c", FA_EXPLAIN_PROGRAM " --all > /dev/full"});
  EXPECT_EQ(outcome.exit_code, 3);
}

}  // namespace
