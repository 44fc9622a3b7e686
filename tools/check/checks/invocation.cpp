// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/invocation.hpp"

#include <llvm/Support/VirtualFileSystem.h>

namespace fa_check {

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

llvm::IntrusiveRefCntPtr<clang::FileManager> files_of(const UnitInput& input) {
  llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> disk(llvm::vfs::createPhysicalFileSystem());
  auto overlay = llvm::makeIntrusiveRefCnt<llvm::vfs::OverlayFileSystem>(disk);
  if (!input.directory.empty()) (void)disk->setCurrentWorkingDirectory(input.directory);
  if (!input.overlays.empty() || input.preamble) {
    auto memory = llvm::makeIntrusiveRefCnt<llvm::vfs::InMemoryFileSystem>();
    for (const auto& [path, text] : input.overlays)
      memory->addFile(path, 0, llvm::MemoryBuffer::getMemBufferCopy(text, path));
    if (input.preamble) {
      const llvm::StringRef bytes(input.preamble->bytes.data(), input.preamble->bytes.size());
      memory->addFileNoOwn(kPreambleFile, 0, llvm::MemoryBufferRef(bytes, kPreambleFile));
    }
    overlay->pushOverlay(memory);
  }
  return llvm::makeIntrusiveRefCnt<clang::FileManager>(clang::FileSystemOptions(), overlay);
}

void ErrorLines::HandleDiagnostic(clang::DiagnosticsEngine::Level level,
                                  const clang::Diagnostic& diagnostic) {
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

}  // namespace fa_check
