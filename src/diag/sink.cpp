// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/sink.hpp>

#include <algorithm>
#include <mutex>

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

void CollectingSink::on_report(const Report& report) noexcept {
  const std::lock_guard lock(mutex_);
  diagnostics_.push_back(Diagnostic::of(report));
}

std::vector<Diagnostic> CollectingSink::diagnostics() const {
  const std::lock_guard lock(mutex_);
  return diagnostics_;
}

std::size_t CollectingSink::size() const {
  const std::lock_guard lock(mutex_);
  return diagnostics_.size();
}

std::size_t CollectingSink::count(Code code) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(diagnostics_, code, &Diagnostic::code));
}

bool CollectingSink::has(Severity severity) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(diagnostics_, severity, &Diagnostic::severity) != diagnostics_.end();
}

bool CollectingSink::has_errors() const { return has(Severity::Error); }

bool CollectingSink::has_warnings() const { return has(Severity::Warning); }

void CollectingSink::clear() {
  const std::lock_guard lock(mutex_);
  diagnostics_.clear();
}

}  // namespace framealloc
