// SPDX-License-Identifier: MIT OR Apache-2.0
// One analysis of a translation unit for all checks that clang-tidy runs over it.
#pragma once

#include "cli/judge.hpp"
#include "cli/options.hpp"
#include "report/config.hpp"
#include "report/source_text.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace clang {
class ASTContext;
}

namespace fa_check::tidy {

// What was found under one configuration.
struct Outcome {
  std::string error;  // of the configuration; nothing was analyzed then
  std::vector<Diagnostic> diagnostics;
  std::vector<Remark> remarks;  // on suppressions in the main file
};

class SharedAnalysis {
 public:
  // Result: the analysis that the checks with the same owner share, which lives as long as one of
  // them does. Threads: any.
  [[nodiscard]] static std::shared_ptr<SharedAnalysis> of(const void* owner);

  // Effect: findings of the code are wanted, by the configuration `config`: a file, or "" for the
  // .fa.toml that lie around the source.
  void want(unsigned code, const std::string& config) { wanted_[config].insert(code); }

  // Effect: the first call with a configuration analyzes the unit. Result: what was found, in paths
  // that are absolute; empty where the unit has errors. Who tells what is not of one code takes it out.
  [[nodiscard]] Outcome& outcome(clang::ASTContext& context, const std::string& config);

 private:
  std::map<std::string, std::set<unsigned>> wanted_;
  std::map<std::string, Outcome> outcomes_;
  std::optional<bool> has_errors_;
};

// Result: the absolute path of the configuration that an option names. A relative one is looked for
// in the folder of the source and those above it, nearest first, since clang-tidy runs in whatever
// folder the command says; `config` itself where there is none.
[[nodiscard]] std::string resolved(const std::string& config, const std::string& source);

}  // namespace fa_check::tidy
