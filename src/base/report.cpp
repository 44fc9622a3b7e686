// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/base/report.hpp>

#include <cstdio>

namespace framealloc::detail {
namespace {

// One report as text. Long enough for a long message, a deep tag path and a long file name; what
// is longer is cut, since a report must not allocate from what it reports on.
using Lines = Text<2048>;

// True while this thread handles a report, so that a failure inside a handler cannot recurse.
FRAMEALLOC_TLS_INITIAL_EXEC constinit thread_local bool handling_report = false;

class HandlingScope {
 public:
  HandlingScope() noexcept { handling_report = true; }
  ~HandlingScope() { handling_report = false; }
  HandlingScope(const HandlingScope&) = delete;
  HandlingScope& operator=(const HandlingScope&) = delete;
};

// One call, so that the lines of two threads' reports do not mix.
void write_to_stderr(std::string_view text) noexcept {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void print(const Report& report, const CodeInfo& info) noexcept {
  Lines out;
  out.append("[framealloc][").append(info.id).append("] ").append(to_string(info.severity));
  out.append(": ").append(info.meaning);
  if (!report.message.empty()) out.append(": ").append(report.message);
  out.append("\n");
  if (!report.tag.empty()) out.append("  tag: ").append(report.tag).append("\n");
  if (report.frame != 0) out.append("  frame: ").append(report.frame).append("\n");
  if (report.requested != 0) {
    out.append("  asked: ").append_bytes(report.requested).append("\n");
    out.append("  available: ").append_bytes(report.available).append("\n");
  }
  if (report.address != nullptr) {
    out.append("  address: ").append_hex(reinterpret_cast<std::uintptr_t>(report.address));
    out.append("\n");
  }
  if (report.site.known()) {
    out.append("  at: ").append(report.site.file).append(":").append(report.site.line);
    out.append(" (").append(report.site.function).append(")\n");
  }
  out.append("  help: ").append(info.help).append("\n");
  write_to_stderr(out.view());
}

void print_last(const CodeInfo& info) noexcept {
  Lines out;
  out.append("[framealloc][").append(info.id).append("] printed ");
  out.append(ReportSink::kPrintsPerCode).append(" times; further ones are counted only\n");
  write_to_stderr(out.view());
}

constexpr std::size_t kCodes = 0
#define FRAMEALLOC_CODE(...) +1
#include <framealloc/base/codes.def>
#undef FRAMEALLOC_CODE
    ;

std::size_t slot_of(const CodeInfo& info) noexcept {
  return static_cast<std::size_t>(&info - all_codes().data());
}

}  // namespace

void ReportSink::emit(const Report& report) noexcept {
  static_assert(kCodes <= kSlots, "more codes than counters for them");
  const CodeInfo& info = code_info(report.code);
  const std::uint32_t before = counts_[slot_of(info)].fetch_add(1, std::memory_order_relaxed);
  if (handling_report) return;
  const HandlingScope scope;
  if (const ReportHandler handler = handler_.load(std::memory_order_acquire)) {
    handler(report, context_.load(std::memory_order_relaxed));
  } else if (before < kPrintsPerCode) {
    print(report, info);
  } else if (before == kPrintsPerCode) {
    print_last(info);
  }
}

std::uint64_t ReportSink::count(Code code) const noexcept {
  return counts_[slot_of(code_info(code))].load(std::memory_order_relaxed);
}

}  // namespace framealloc::detail
