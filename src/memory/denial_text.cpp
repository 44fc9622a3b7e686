// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/denial_text.hpp>

#include <framealloc/budget.hpp>
#include <framealloc/detail/base/report_sink.hpp>

namespace framealloc::detail {
namespace {

void append_budget(DenialText& text, const Budget& budget) noexcept {
  text.append(" is ").append_bytes(budget.hard()).append(", of which ");
  text.append_bytes(budget.used()).append(" are in use: it");
}

}  // namespace

Denial denial_of_memory(const LimitedSource& limited_source, bool by_limit) noexcept {
  Denial denial;
  denial.code = by_limit ? Code::FA310 : Code::FA012;
  denial.available = by_limit ? limited_source.remaining() : 0;
  return denial;
}

DenialText describe(const Denial& denial, std::size_t bytes, const DenialScene& scene) noexcept {
  DenialText text;
  if (denial.code == Code::FA311) {
    if (denial.tag == TagId::Untagged) {
      text.append("the budget of untagged memory");
    } else {
      text.append("the budget of tag '").append(scene.tags.path(denial.tag)).append("'");
    }
    if (scene.budgets != nullptr) append_budget(text, scene.budgets->budget_of(denial.tag));
  } else if (denial.code == Code::FA310 && denial.whole) {
    text.append("the budget of the whole");
    if (scene.budgets != nullptr) append_budget(text, scene.budgets->global_budget());
  } else if (denial.code == Code::FA310) {
    text.append("the limit of ").append_bytes(scene.limited_source.limit());
    text.append(" on memory from the system");
  } else {
    text.append("the source '")
        .append(scene.limited_source.source().name())
        .append("' gave no memory");
  }
  if (denial.code != Code::FA012) text.append(" leaves ").append_bytes(denial.available);
  text.append("; the request needs ").append_bytes(bytes);
  if (denial.ready_elsewhere != 0) {
    text.append("; other threads keep ").append_bytes(denial.ready_elsewhere);
    text.append(" of it ready and have been asked for it");
  }
  return text;
}

void report_denial(ReportSink& sink, const Denial& denial, TagId tag, std::size_t bytes,
                   const CallSite& site, std::uint64_t frame, const DenialScene& scene) noexcept {
  const DenialText message = describe(denial, bytes, scene);
  const TagPath path = scene.tags.path(tag);
  const TagPath limit = scene.tags.path(denial.tag);
  Report report;
  report.code = denial.code;
  report.message = message;
  report.tag = path.view();
  report.frame = frame;
  report.requested = bytes;
  report.available = denial.available;
  report.site = site;
  report.limited = denial.code == Code::FA311;
  report.limit_tag = limit.view();
  sink.report(report);
}

}  // namespace framealloc::detail
