// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the engine on a source in memory, and compares what it finds with what the source expects:
// a comment "// FA606" at the end of a line, or several codes with spaces.
#pragma once

#include "checks/analyze.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace fa_check {

using Lines = std::set<std::pair<unsigned, unsigned>>;  // line, code

inline UnitResult analyze(const std::string& text, const Settings& settings = {}) {
  UnitInput input;
  input.file = "/memory/test.cpp";
  input.directory = "/";
  input.arguments = {"-std=c++20", "-I" FA_SOURCE_DIR "/include"};
  input.overlays = {{input.file, text}};
  input.settings = settings;
  return analyze_unit(input);
}

inline Lines expected_in(const std::string& text) {
  Lines lines;
  std::istringstream source(text);
  std::string line;
  for (unsigned number = 1; std::getline(source, line); ++number) {
    const std::size_t comment = line.find("// FA");
    if (comment == std::string::npos) continue;
    std::istringstream codes(line.substr(comment + 3));
    std::string code;
    while (codes >> code) lines.emplace(number, static_cast<unsigned>(std::stoul(code.substr(2))));
  }
  return lines;
}

inline std::string shown(const Lines& lines) {
  std::string text;
  for (const auto& [line, code] : lines)
    text += "FA" + std::to_string(code) + " at line " + std::to_string(line) + "\n";
  return text;
}

// Effect: fails the test unless exactly the findings are made that the source expects.
inline void expect_findings(const std::string& text, const Settings& settings = {}) {
  const UnitResult result = analyze(text, settings);
  ASSERT_TRUE(result.parsed) << (result.parse_errors.empty() ? "" : result.parse_errors.front());
  EXPECT_EQ(result.gave_up, 0U);
  Lines found;
  for (const Finding& finding : result.findings)
    if (finding.file == "/memory/test.cpp") found.emplace(finding.line, finding.code);
  EXPECT_EQ(shown(found), shown(expected_in(text)));
}

}  // namespace fa_check
