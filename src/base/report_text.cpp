// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/report_text.hpp>

namespace framealloc {
namespace {

// Enough for what the library itself writes; a longer message is a user's.
using Message = Text<1024>;

void append_first_line(ReportText& out, const Report& report, const CodeInfo& info) noexcept {
  out.append("[framealloc][").append(info.id).append("] ").append(to_string(info.severity));
  out.append(": ");
  if (report.repeated != 0) {
    out.append("repeated ").append(report.repeated).append(" times: ");
  }
  out.append(Message(report.message.empty() ? info.meaning : report.message)).append("\n");
}

void append_site(ReportText& out, const CallSite& site) noexcept {
  if (site.known()) {
    out.append("  at: ").append(Text<512>(site.file)).append(":").append(site.line);
    if (site.function[0] != '\0') out.append(" (").append(Text<256>(site.function)).append(")");
    out.append("\n");
  } else if (site.function[0] != '\0') {
    out.append("  in: ").append(Text<512>(site.function)).append("\n");
  }
}

void append_sizes(ReportText& out, const Report& report) noexcept {
  if (report.requested != 0) {
    out.append("  requested: ").append_bytes(report.requested);
    out.append(", available: ").append_bytes(report.available).append("\n");
  }
  if (report.holder_bytes == 0) return;
  out.append("  held most");
  if (report.limited && !report.limit_tag.empty()) {
    out.append(" under ").append(Text<256>(report.limit_tag));
  }
  out.append(": ").append_bytes(report.holder_bytes);
  if (report.holder.empty()) {
    out.append(", untagged");
  } else {
    out.append(" by tag ").append(report.holder);
  }
  if (!report.holder_detail.empty()) out.append(" (").append(report.holder_detail).append(")");
  out.append("\n");
}

}  // namespace

ReportText format_report(const Report& report) noexcept {
  const CodeInfo& info = code_info(report.code);
  ReportText out;
  append_first_line(out, report, info);
  append_site(out, report.site);
  if (!report.tag.empty()) out.append("  tag: ").append(Text<256>(report.tag)).append("\n");
  if (report.frame != 0) out.append("  frame: ").append(report.frame).append("\n");
  if (report.thread.value != 0) out.append("  thread: ").append(report.thread.value).append("\n");
  append_sizes(out, report);
  if (report.address != nullptr) {
    out.append("  address: ").append_hex(reinterpret_cast<std::uintptr_t>(report.address));
    out.append("\n");
  }
  if (report.repeated != 0) return out;  // the first ones said the rest
  if (!report.message.empty()) out.append("  note: ").append(info.meaning).append("\n");
  out.append("  help: ").append(info.help).append("\n");
  return out;
}

}  // namespace framealloc
