// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/fixed_arena.hpp>

#include <framealloc/report_text.hpp>

#include <cstdio>

namespace framealloc {

void* FixedArenaBase::refuse(std::size_t size, std::size_t alignment, const char* file,
                             const char* function, std::uint32_t line) noexcept {
  Report report;
  report.code = Code::FA003;
  report.message = "the fixed arena is full; give it a larger capacity or reset it earlier";
  if (!is_power_of_two(alignment)) {
    report.code = Code::FA011;
    report.message = "the alignment is not a power of two";
  } else if (size > kMaxRequest) {
    report.code = Code::FA011;
    report.message = "the size overflows or no block can be this large";
  }
  report.requested = size;
  report.available = remaining();
  report.site = CallSite{file, function, line};
  if (handler_ != nullptr) {
    handler_(report, context_);
  } else {
    const ReportText text = format_report(report);
    std::fwrite(text.view().data(), 1, text.size(), stderr);
  }
  return nullptr;
}

}  // namespace framealloc
