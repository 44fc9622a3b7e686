// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/preamble.hpp"

#include "checks/invocation.hpp"
#include "model/clang.hpp"

#include <clang/Frontend/PrecompiledPreamble.h>
#include <clang/Lex/PreprocessorOptions.h>

#include <memory>
#include <string>
#include <utility>

namespace fa_check {
namespace {

llvm::MemoryBufferRef buffer_of(std::string_view text) {
  return {llvm::StringRef(text.data(), text.size()), ""};
}

// Takes the command that the driver made of the unit's, and compiles its head only.
class HeadCompiler final : public clang::tooling::ToolAction {
 public:
  HeadCompiler(const std::string& text, std::optional<std::string>& result)
      : text_(text), result_(result) {}
  bool runInvocation(std::shared_ptr<clang::CompilerInvocation> invocation,
                     clang::FileManager* files,
                     std::shared_ptr<clang::PCHContainerOperations> containers,
                     clang::DiagnosticConsumer* consumer) override {
    const Head head = head_of(text_);
#if CLANG_VERSION_MAJOR >= 22
    const auto engine = clang::CompilerInstance::createDiagnostics(
        files->getVirtualFileSystem(), invocation->getDiagnosticOpts(), consumer,
        /*ShouldOwnClient=*/false);
    const auto& told = engine;
#else
    const auto engine = clang::CompilerInstance::createDiagnostics(
        &invocation->getDiagnosticOpts(), consumer, /*ShouldOwnClient=*/false);
    clang::DiagnosticsEngine& told = *engine;
#endif
    const auto text = llvm::MemoryBuffer::getMemBufferCopy(text_);
    clang::PreambleCallbacks callbacks;
    auto built = clang::PrecompiledPreamble::Build(
        *invocation, text.get(), clang::PreambleBounds(head.size, head.ends_line), told,
        files->getVirtualFileSystemPtr(), std::move(containers), /*StoreInMemory=*/true,
        /*StoragePath=*/"", callbacks);
    if (!built || engine->hasErrorOccurred()) return false;
    // Its bytes are seen where a compiler would find them.
    llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> with = files->getVirtualFileSystemPtr();
    const auto again = llvm::MemoryBuffer::getMemBufferCopy(text_);
    built->OverridePreamble(*invocation, with, again.get());
    const auto bytes = with->getBufferForFile(invocation->getPreprocessorOpts().ImplicitPCHInclude);
    // The compiler would have owned what stands for the main file.
    invocation->getPreprocessorOpts().clearRemappedFiles();
    if (!bytes) return false;
    result_ = (*bytes)->getBuffer().str();
    return true;
  }

 private:
  const std::string& text_;
  std::optional<std::string>& result_;
};

}  // namespace

Head head_of(std::string_view text) {
  clang::LangOptions options;
  options.CPlusPlus = options.CPlusPlus20 = options.LineComment = options.RawStringLiterals = true;
  const clang::PreambleBounds bounds =
      clang::Lexer::ComputePreamble(buffer_of(text).getBuffer(), options);
  return {bounds.Size, bounds.PreambleEndsAtStartOfLine};
}

BuiltPreamble build_preamble(const UnitInput& input) {
  BuiltPreamble built;
  for (const auto& [path, text] : input.overlays) {
    if (path != input.file || head_of(text).size == 0) continue;
    const auto files = files_of(input);
    HeadCompiler compiler(text, built.bytes);
    ErrorLines errors(built.errors);
    clang::tooling::ToolInvocation invocation(command_of(input), &compiler, files.get(),
                                              std::make_shared<clang::PCHContainerOperations>());
    invocation.setDiagnosticConsumer(&errors);
    if (!invocation.run() || !built.errors.empty()) built.bytes.reset();
  }
  return built;
}

}  // namespace fa_check
