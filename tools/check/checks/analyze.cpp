// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/analyze.hpp"

#include "checks/invocation.hpp"
#include "checks/unit.hpp"
#include "model/clang.hpp"

#include <clang/Basic/Version.h>
#include <clang/Lex/PreprocessorOptions.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// Notes which files are read.
class FilesRead final : public clang::PPCallbacks {
 public:
  FilesRead(const clang::SourceManager& sources, std::set<std::string>& files)
      : sources_(sources), files_(files) {}
  void FileChanged(clang::SourceLocation place, FileChangeReason reason,
                   clang::SrcMgr::CharacteristicKind, clang::FileID) override {
    if (reason != EnterFile) return;
    const clang::OptionalFileEntryRef file =
        sources_.getFileEntryRefForID(sources_.getFileID(place));
    if (!file || sources_.getFileID(place) == sources_.getMainFileID()) return;
    const llvm::StringRef path = file->getFileEntry().tryGetRealPathName();
    files_.insert(std::string(path.empty() ? file->getName() : path));
  }

 private:
  const clang::SourceManager& sources_;
  std::set<std::string>& files_;
};

class Consumer final : public clang::ASTConsumer {
 public:
  Consumer(const UnitInput& input, UnitResult& result) : input_(input), result_(result) {}
  void HandleTranslationUnit(clang::ASTContext& context) override {
    if (context.getDiagnostics().hasErrorOccurred()) return;
    check_unit(context, input_, result_);
  }

 private:
  const UnitInput& input_;
  UnitResult& result_;
};

class Action final : public clang::ASTFrontendAction {
 public:
  Action(const UnitInput& input, UnitResult& result, std::set<std::string>& files)
      : input_(input), result_(result), files_(files) {}
  std::unique_ptr<clang::ASTConsumer> CreateASTConsumer(clang::CompilerInstance& compiler,
                                                        llvm::StringRef) override {
    compiler.getPreprocessor().addPPCallbacks(
        std::make_unique<FilesRead>(compiler.getSourceManager(), files_));
    return std::make_unique<Consumer>(input_, result_);
  }

 private:
  const UnitInput& input_;
  UnitResult& result_;
  std::set<std::string>& files_;
};

// With a preamble, Clang begins where that ends.
class Runner final : public clang::tooling::FrontendActionFactory {
 public:
  Runner(const UnitInput& input, UnitResult& result, std::set<std::string>& files)
      : input_(input), result_(result), files_(files) {}
  std::unique_ptr<clang::FrontendAction> create() override {
    return std::make_unique<Action>(input_, result_, files_);
  }
  bool runInvocation(std::shared_ptr<clang::CompilerInvocation> invocation,
                     clang::FileManager* files,
                     std::shared_ptr<clang::PCHContainerOperations> containers,
                     clang::DiagnosticConsumer* consumer) override {
    if (input_.preamble) {
      clang::PreprocessorOptions& options = invocation->getPreprocessorOpts();
      options.PrecompiledPreambleBytes = {input_.preamble->size, input_.preamble->ends_line};
      options.ImplicitPCHInclude = kPreambleFile;
      options.DisablePCHOrModuleValidation = clang::DisableValidationForModuleKind::PCH;
      options.UsePredefines = false;
    }
    return FrontendActionFactory::runInvocation(std::move(invocation), files, std::move(containers),
                                                consumer);
  }

 private:
  const UnitInput& input_;
  UnitResult& result_;
  std::set<std::string>& files_;
};

}  // namespace

UnitResult analyze_unit(const UnitInput& input) {
  UnitResult result;
  const auto files = files_of(input);
  std::set<std::string> read;
  ErrorLines errors(result.parse_errors);
  Runner runner(input, result, read);
  clang::tooling::ToolInvocation invocation(command_of(input), &runner, files.get(),
                                            std::make_shared<clang::PCHContainerOperations>());
  invocation.setDiagnosticConsumer(&errors);
  result.parsed = invocation.run() && result.parse_errors.empty();
  if (!result.parsed && result.parse_errors.empty())
    result.parse_errors.push_back(input.file + ": cannot be read, or its command has an error");
  if (!result.parsed) result.findings.clear();
  result.headers.assign(read.begin(), read.end());
  return result;
}

std::string llvm_version() { return CLANG_VERSION_STRING; }

}  // namespace fa_check
