// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tidy/shared_analysis.hpp"

#include "checks/analyze.hpp"
#include "checks/findings.hpp"
#include "checks/unit.hpp"
#include "model/clang.hpp"

#include <filesystem>
#include <mutex>
#include <utility>

namespace fa_check::tidy {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRoot = "/";  // what paths are shown relative to

// Checks of others may ask for parents after us, so what is walked for them is put back.
class TraversalScope {
 public:
  explicit TraversalScope(clang::ASTContext& context)
      : context_(context), scope_(context.getTraversalScope()) {}
  ~TraversalScope() { context_.setTraversalScope(scope_); }
  TraversalScope(const TraversalScope&) = delete;
  TraversalScope& operator=(const TraversalScope&) = delete;

 private:
  clang::ASTContext& context_;
  std::vector<clang::Decl*> scope_;
};

std::string main_file_of(const clang::SourceManager& sources) {
  const std::string path = path_of(sources, sources.getLocForStartOfFile(sources.getMainFileID()));
  return path.empty() ? path : fs::absolute(path).lexically_normal().string();
}

// What clang-tidy reads counts, not what is on the disk: it may have a file system of its own.
void put_texts(const clang::SourceManager& sources, Sources& into) {
  for (auto file = sources.fileinfo_begin(); file != sources.fileinfo_end(); ++file) {
    const llvm::StringRef real = file->first.getFileEntry().tryGetRealPathName();
    const auto buffer = file->second->getBufferIfLoaded();
    if (real.empty() || !buffer || !buffer->getBuffer().contains("fa:allow")) continue;
    into.put(std::string(real), std::string(buffer->getBuffer()));
  }
}

Outcome analyze(clang::ASTContext& context, const std::set<unsigned>& codes,
                const std::string& option) {
  Outcome outcome;
  const clang::SourceManager& manager = context.getSourceManager();
  UnitInput input;
  input.file = main_file_of(manager);
  Configs configs(option.empty() ? option : resolved(option, input.file), true);
  const Config* const config = configs.for_folder(fs::path(input.file).parent_path().string());
  if (config == nullptr) {
    outcome.error = configs.error();
    return outcome;
  }
  input.settings = config->settings;
  UnitResult result;
  {
    const TraversalScope kept(context);
    check_unit(context, input, result);
  }
  Options options;
  options.only = codes;
  Sources sources;
  put_texts(manager, sources);
  Judge judge(options, configs, sources, kRoot);
  judge.look_at(input.file);
  for (Finding& finding : result.findings) {
    std::optional<Diagnostic> found = judge.judge(std::move(finding));
    if (!found || found->suppression) continue;
    found->finding.file = judge.absolute(found->finding.file);
    for (Related& place : found->finding.related) place.file = judge.absolute(place.file);
    if (found->finding.fix)
      for (Edit& edit : found->finding.fix->edits) edit.file = judge.absolute(edit.file);
    outcome.diagnostics.push_back(std::move(*found));
  }
  // Of a header, other units may know more.
  for (Remark& remark : judge.remarks(/*all_read=*/true)) {
    remark.file = judge.absolute(remark.file);
    if (remark.file == input.file) outcome.remarks.push_back(std::move(remark));
  }
  return outcome;
}

}  // namespace

std::shared_ptr<SharedAnalysis> SharedAnalysis::of(const void* owner) {
  static std::mutex mutex;
  static std::map<const void*, std::weak_ptr<SharedAnalysis>> all;
  const std::lock_guard lock(mutex);
  std::erase_if(all, [](const auto& entry) { return entry.second.expired(); });
  std::shared_ptr<SharedAnalysis> shared = all[owner].lock();
  if (!shared) all[owner] = shared = std::make_shared<SharedAnalysis>();
  return shared;
}

Outcome& SharedAnalysis::outcome(clang::ASTContext& context, const std::string& config) {
  const auto there = outcomes_.find(config);
  if (there != outcomes_.end()) return there->second;
  // What has errors is not understood; clang-tidy tells them. Warnings that were made errors are none,
  // and a mistake in a configuration, which is told later, is none of the unit's.
  if (!has_errors_) has_errors_ = context.getDiagnostics().hasUncompilableErrorOccurred();
  Outcome outcome;
  if (!*has_errors_) outcome = analyze(context, wanted_[config], config);
  return outcomes_.emplace(config, std::move(outcome)).first->second;
}

std::string resolved(const std::string& config, const std::string& source) {
  if (config.starts_with('/')) return config;
  std::error_code error;
  for (fs::path folder = fs::path(source).parent_path();; folder = folder.parent_path()) {
    const fs::path candidate = (folder / config).lexically_normal();
    if (fs::is_regular_file(candidate, error)) return candidate.string();
    if (folder == folder.parent_path()) return config;
  }
}

}  // namespace fa_check::tidy
