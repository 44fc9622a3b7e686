// SPDX-License-Identifier: MIT OR Apache-2.0
// The module that clang-tidy loads: a check framealloc-SLUG for each code of the analyzer.
#include "model/clang.hpp"
#include "report/codes.hpp"
#include "tidy/shared_analysis.hpp"

#include <clang-tidy/ClangTidyCheck.h>
#include <clang-tidy/ClangTidyModule.h>
#if CLANG_VERSION_MAJOR < 22  // from then on the header above has it
#include <clang-tidy/ClangTidyModuleRegistry.h>
#endif

#include <llvm/ADT/StringSet.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace fa_check::tidy {
namespace {

constexpr const char* kPrefix = "framealloc-";

// The option Config: of the check, else of all at once.
std::string config_option(const clang::tidy::ClangTidyCheck::OptionsView& own,
                          const clang::tidy::ClangTidyContext& context) {
  constexpr const char* kOfAll = "framealloc-*.Config";
  // --verify-config asks which options there are.
  if (llvm::StringSet<>* const known = context.getOptionsCollector()) known->insert(kOfAll);
  if (const std::optional<llvm::StringRef> value = own.get("Config")) return value->str();
  const auto& given = context.getOptions().CheckOptions;
  const auto all = given.find(kOfAll);
  return all == given.end() ? std::string() : all->second.Value;
}

class CodeCheck final : public clang::tidy::ClangTidyCheck {
 public:
  CodeCheck(llvm::StringRef name, clang::tidy::ClangTidyContext* context, unsigned code)
      : ClangTidyCheck(name, context),
        code_(code),
        config_(config_option(Options, *context)),
        analysis_(SharedAnalysis::of(context)) {
    analysis_->want(code_, config_);
  }

  bool isLanguageVersionSupported(const clang::LangOptions& language) const override {
    return language.CPlusPlus;
  }

  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap& options) override {
    Options.store(options, "Config", config_);
  }

  // Nothing is matched but the unit, whose context comes with it: the analyzer has an order of its own.
  void registerMatchers(clang::ast_matchers::MatchFinder* finder) override {
    finder->addMatcher(clang::ast_matchers::translationUnitDecl(), this);
  }

  void check(const clang::ast_matchers::MatchFinder::MatchResult& result) override {
    unit_ = result.Context;
  }

  // Not in check(): what clang-tidy walks at that time must not change under it.
  void onEndOfTranslationUnit() override {
    clang::ASTContext* const unit = std::exchange(unit_, nullptr);
    if (unit == nullptr) return;
    Outcome& outcome = analysis_->outcome(*unit, config_);
    for (const Diagnostic& diagnostic : outcome.diagnostics)
      if (diagnostic.finding.code == code_) tell(unit->getSourceManager(), diagnostic.finding);
    // What is no check's own is told once, by the first.
    if (const std::string error = std::exchange(outcome.error, {}); !error.empty())
      configurationDiag("%0", clang::DiagnosticIDs::Error) << error;
    for (const Remark& remark : std::exchange(outcome.remarks, {}))
      llvm::errs() << remark.file << ':' << remark.line << ": framealloc: " << remark.message
                   << '\n';
  }

 private:
  static clang::SourceLocation place_of(clang::SourceManager& sources, const std::string& file,
                                        unsigned line, unsigned column) {
    const auto entry = sources.getFileManager().getOptionalFileRef(file);
    return entry ? sources.translateFileLineCol(*entry, line, column) : clang::SourceLocation();
  }

  void tell(clang::SourceManager& sources, const Finding& finding) {
    const clang::SourceLocation at = place_of(sources, finding.file, finding.line, finding.column);
    if (at.isInvalid()) return;
    {
      // It is told when this ends.
      const clang::DiagnosticBuilder told = diag(at, "%0") << finding.message;
      if (finding.fix) {
        for (const Edit& edit : finding.fix->edits) {
          told << clang::FixItHint::CreateReplacement(
              clang::CharSourceRange::getCharRange(
                  place_of(sources, edit.file, edit.line, edit.column),
                  place_of(sources, edit.file, edit.end_line, edit.end_column)),
              edit.text);
        }
      }
    }
    for (const Related& place : finding.related) {
      const clang::SourceLocation there = place_of(sources, place.file, place.line, place.column);
      diag(there.isValid() ? there : at, "%0", clang::DiagnosticIDs::Note) << place.message;
    }
    for (const std::string& note : finding.notes)
      diag(at, "%0", clang::DiagnosticIDs::Note) << note;
  }

  unsigned code_;
  std::string config_;
  std::shared_ptr<SharedAnalysis> analysis_;
  clang::ASTContext* unit_ = nullptr;
};

class FrameallocModule final : public clang::tidy::ClangTidyModule {
 public:
  void addCheckFactories(clang::tidy::ClangTidyCheckFactories& factories) override {
    for (const unsigned code : analyzer_codes()) {
      factories.registerCheckFactory(
          kPrefix + std::string(info_of(code).slug),
          [code](llvm::StringRef name, clang::tidy::ClangTidyContext* context) {
            return std::make_unique<CodeCheck>(name, context, code);
          });
    }
  }
};

const clang::tidy::ClangTidyModuleRegistry::Add<FrameallocModule> kRegistered(
    "framealloc", "Memory that is used or kept beyond its frame.");

}  // namespace
}  // namespace fa_check::tidy
