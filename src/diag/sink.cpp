// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/sink.hpp>

#include <algorithm>
#include <mutex>
#include <new>

namespace framealloc {

Diagnostic Diagnostic::of(const Report& report) {
  const CodeInfo& info = code_info(report.code);
  Diagnostic kept;
  kept.code = report.code;
  kept.severity = info.severity;
  kept.message = report.message.empty() ? info.meaning : report.message;
  kept.note = info.meaning;
  kept.help = info.help;
  kept.tag = report.tag;
  kept.file = report.site.file;
  kept.function = report.site.function;
  kept.line = report.site.line;
  kept.frame = report.frame;
  kept.thread = report.thread;
  kept.requested = report.requested;
  kept.available = report.available;
  kept.holder = report.holder;
  kept.holder_bytes = report.holder_bytes;
  kept.holder_detail = report.holder_detail;
  if (report.limited) kept.limit_tag = report.limit_tag;
  kept.address = report.address;
  return kept;
}

void TextSink::on_report(const Report& report) noexcept {
  const ReportText text = format_report(report);
  std::fwrite(text.view().data(), 1, text.size(), stream_);
}

struct CollectingSink::Kept {
  std::vector<Diagnostic> diagnostics;
};

CollectingSink::~CollectingSink() { delete kept_; }

void CollectingSink::on_report(const Report& report) noexcept {
  const std::lock_guard lock(mutex_);
  if (kept_ == nullptr) kept_ = new (std::nothrow) Kept;
  if (kept_ == nullptr) return;
  kept_->diagnostics.push_back(Diagnostic::of(report));
}

std::vector<Diagnostic> CollectingSink::diagnostics() const {
  const std::lock_guard lock(mutex_);
  return kept_ == nullptr ? std::vector<Diagnostic>() : kept_->diagnostics;
}

std::size_t CollectingSink::size() const {
  const std::lock_guard lock(mutex_);
  return kept_ == nullptr ? 0 : kept_->diagnostics.size();
}

std::size_t CollectingSink::count(Code code) const {
  const std::lock_guard lock(mutex_);
  if (kept_ == nullptr) return 0;
  const auto& kept = kept_->diagnostics;
  return static_cast<std::size_t>(std::ranges::count(kept, code, &Diagnostic::code));
}

bool CollectingSink::has(Severity severity) const {
  const std::lock_guard lock(mutex_);
  if (kept_ == nullptr) return false;
  const auto& kept = kept_->diagnostics;
  return std::ranges::find(kept, severity, &Diagnostic::severity) != kept.end();
}

bool CollectingSink::has_errors() const { return has(Severity::Error); }

bool CollectingSink::has_warnings() const { return has(Severity::Warning); }

void CollectingSink::clear() {
  const std::lock_guard lock(mutex_);
  if (kept_ != nullptr) kept_->diagnostics.clear();
}

}  // namespace framealloc
