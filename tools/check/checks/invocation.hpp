// SPDX-License-Identifier: MIT OR Apache-2.0
// How Clang is given a unit: its command, and the files as the unit sees them.
#pragma once

#include "checks/analyze.hpp"
#include "model/clang.hpp"

#include <string>
#include <vector>

namespace fa_check {

[[nodiscard]] std::vector<std::string> command_of(const UnitInput& input);

// Result: a file system of its own for each unit: the working directory is then a property of the
// unit, not of the process, and units can be analyzed in parallel. Overlays and the preamble are in it.
[[nodiscard]] llvm::IntrusiveRefCntPtr<clang::FileManager> files_of(const UnitInput& input);

// The name under which the preamble is found there.
inline constexpr const char* kPreambleFile = "/framealloc-preamble.pch";

// Keeps errors as lines of text; warnings are the compiler's business.
class ErrorLines final : public clang::DiagnosticConsumer {
 public:
  explicit ErrorLines(std::vector<std::string>& lines) : lines_(lines) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override;

 private:
  std::vector<std::string>& lines_;
};

}  // namespace fa_check
