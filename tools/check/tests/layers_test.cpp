// SPDX-License-Identifier: MIT OR Apache-2.0
// Each folder of the analyzer includes only itself and those that it stands on.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

// model < facts < flow < checks < report < cli < lsp
const std::map<std::string, std::set<std::string>> kBelow = {
    {"model", {}},
    {"facts", {"model"}},
    {"flow", {"facts", "model"}},
    {"checks", {"flow", "facts", "model"}},
    {"report", {"checks", "model"}},
    {"cli", {"report", "checks", "model"}},
    {"lsp", {"cli", "report", "checks", "model"}},
};

// What a file of `folder` includes that it must not, one a line.
std::string offenses_in(const std::string& folder, std::istream& file) {
  std::string found;
  std::string line;
  for (unsigned number = 1; std::getline(file, line); ++number) {
    if (!line.starts_with("#include \"")) continue;
    const std::string target = line.substr(10, line.find('/') - 10);
    if (kBelow.count(target) == 0 || target == folder || kBelow.at(folder).count(target) != 0)
      continue;
    found += std::to_string(number) + ": " + line + "\n";
  }
  return found;
}

TEST(Layers, IncludeOnlyWhatTheyStandOn) {
  unsigned files = 0;
  for (const auto& [folder, below] : kBelow) {
    for (const auto& entry :
         fs::directory_iterator(fs::path(FA_SOURCE_DIR) / "tools/check" / folder)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cpp" && ending != ".hpp") continue;
      ++files;
      std::ifstream file(entry.path());
      EXPECT_EQ(offenses_in(folder, file), "") << entry.path();
    }
  }
  EXPECT_GT(files, 60U);
}

TEST(Layers, NoticeAnIncludeThatPointsUpwards) {
  const std::string text =
      "#pragma once\n#include \"flow/solver.hpp\"\n#include \"model/model.hpp\"\n";
  std::istringstream low(text);
  EXPECT_EQ(offenses_in("facts", low), "2: #include \"flow/solver.hpp\"\n");
  std::istringstream high(text);
  EXPECT_EQ(offenses_in("checks", high), "");
}

}  // namespace
