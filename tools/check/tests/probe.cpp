// SPDX-License-Identifier: MIT OR Apache-2.0
// Prints the findings of files, one a line, for whoever works on the engine:
//   fa_check_probe [-k KNOB]... FILE... -- COMPILER-OPTIONS...
#include "checks/analyze.hpp"

#include <filesystem>
#include <iostream>
#include <string>

int main(int count, char** words) {
  fa_check::UnitInput input;
  input.directory = std::filesystem::current_path().string();
  std::vector<std::string> files;
  bool options = false;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--") {
      options = true;
    } else if (options) {
      input.arguments.push_back(word);
    } else {
      files.push_back(std::filesystem::absolute(word).string());
    }
  }
  int failed = 0;
  for (const std::string& file : files) {
    input.file = file;
    const fa_check::UnitResult result = fa_check::analyze_unit(input);
    for (const std::string& error : result.parse_errors) {
      std::cerr << error << '\n';
      failed = 1;
    }
    for (const fa_check::Assumption& each : result.assumptions)
      std::cerr << each.file << ':' << each.line << ": " << each.function << ": " << each.message
                << '\n';
    for (const fa_check::Finding& finding : result.findings) {
      std::cout << finding.file << ':' << finding.line << ": FA" << finding.code << ' '
                << finding.message;
      for (const fa_check::Related& related : finding.related)
        std::cout << " [" << related.line << ": " << related.message << ']';
      std::cout << '\n';
    }
  }
  return failed;
}
