// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/analyze.hpp"

#include "checks/unit.hpp"
#include "model/clang.hpp"

#include <clang/Basic/Version.h>
#include <llvm/Support/VirtualFileSystem.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// Keeps errors as lines of text; warnings are the compiler's business.
class ErrorLines final : public clang::DiagnosticConsumer {
 public:
  explicit ErrorLines(std::vector<std::string>& lines) : lines_(lines) {}
  void HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                        const clang::Diagnostic& diagnostic) override {
    DiagnosticConsumer::HandleDiagnostic(level, diagnostic);
    if (level < clang::DiagnosticsEngine::Error) return;
    llvm::SmallString<128> text;
    diagnostic.FormatDiagnostic(text);
    std::string line;
    if (diagnostic.hasSourceManager() && diagnostic.getLocation().isValid()) {
      const clang::PresumedLoc place =
          diagnostic.getSourceManager().getPresumedLoc(diagnostic.getLocation());
      if (place.isValid()) {
        line = std::string(place.getFilename()) + ":" + std::to_string(place.getLine()) + ":" +
               std::to_string(place.getColumn()) + ": ";
      }
    }
    lines_.push_back(line + std::string(text.str()));
  }

 private:
  std::vector<std::string>& lines_;
};

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

std::vector<std::string> command_of(const UnitInput& input) {
  // The name decides which driver parses the command; nothing of that name is run.
  std::vector<std::string> command = {"clang++",
                                      "-fsyntax-only",
                                      "-w",
                                      "-D__clang_analyzer__=1",
                                      "-Wno-unknown-warning-option",
                                      "-ferror-limit=20",
                                      "-resource-dir=" FA_CHECK_RESOURCE_DIR};
  command.insert(command.end(), input.arguments.begin(), input.arguments.end());
  command.push_back(input.file);
  return command;
}

}  // namespace

UnitResult analyze_unit(const UnitInput& input) {
  UnitResult result;
  // A file system of its own for each unit: the working directory is then a property of the unit,
  // not of the process, and units can be analyzed in parallel.
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk(llvm::vfs::createPhysicalFileSystem());
  auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(disk);
  if (!input.directory.empty()) (void)disk->setCurrentWorkingDirectory(input.directory);
  if (!input.overlays.empty()) {
    auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    for (const auto& [path, text] : input.overlays)
      memory->addFile(path, 0, llvm::MemoryBuffer::getMemBufferCopy(text, path));
    overlay->pushOverlay(memory);
  }
  const auto files =
      llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(), overlay);
  std::set<std::string> read;
  ErrorLines errors(result.parse_errors);
  clang::tooling::ToolInvocation invocation(
      command_of(input), std::make_unique<Action>(input, result, read), files.get());
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
