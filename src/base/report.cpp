// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/report.hpp>

#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/report_text.hpp>

#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace framealloc::detail {
namespace {

// The allocators whose reports this thread is handling, innermost first: a failure inside a handler
// cannot recurse, and another allocator's is still told.
struct Handling {
  const ReportSink* sink;
  const Handling* outer;
};
FRAMEALLOC_TLS_MODEL constinit thread_local const Handling* handling = nullptr;

bool is_handling(const ReportSink* sink) noexcept {
  for (const Handling* one = handling; one != nullptr; one = one->outer) {
    if (one->sink == sink) return true;
  }
  return false;
}

class HandlingScope {
 public:
  explicit HandlingScope(const ReportSink* sink) noexcept : mine_{sink, handling} {
    handling = &mine_;
  }
  ~HandlingScope() { handling = mine_.outer; }
  HandlingScope(const HandlingScope&) = delete;
  HandlingScope& operator=(const HandlingScope&) = delete;

 private:
  Handling mine_;
};

// One call, so that the lines of two threads' reports do not mix.
void print(const Report& report) noexcept {
  const ReportText text = format_report(report);
  std::fwrite(text.view().data(), 1, text.size(), stderr);
}

constexpr Code kAllCodes[] = {
#define FRAMEALLOC_CODE(id, ...) Code::FA##id,
#include <framealloc/codes.def>
#undef FRAMEALLOC_CODE
};
constexpr std::size_t kCodes = std::size(kAllCodes);

std::size_t slot_of(const CodeInfo& info) noexcept {
  return static_cast<std::size_t>(&info - all_codes().data());
}

// Does nothing when there is nothing to count down, so that a lift too many is harmless.
void count_down(std::atomic<std::uint32_t>& count) noexcept {
  std::uint32_t value = count.load(std::memory_order_relaxed);
  while (value != 0 && !count.compare_exchange_weak(value, value - 1, std::memory_order_relaxed)) {
  }
}

}  // namespace

bool ReportSink::add(DiagnosticSink& sink) noexcept {
  for (Place& place : places_) {
    DiagnosticSink* expected = nullptr;
    if (place.sink.compare_exchange_strong(expected, &sink)) return true;
  }
  return false;
}

bool ReportSink::remove(DiagnosticSink& sink) noexcept {
  for (Place& place : places_) {
    DiagnosticSink* expected = &sink;
    if (!place.sink.compare_exchange_strong(expected, nullptr)) continue;
    if (is_handling(this)) return true;
    // Whoever counted itself in before the place was empty may be in the sink; whoever does so
    // later finds it empty.
    for (std::uint32_t users = place.users.load(); users != 0; users = place.users.load()) {
      place.users.wait(users);
    }
    return true;
  }
  return false;
}

void ReportSink::deliver(const Report& report, bool within_limit, bool only_limited) noexcept {
  if (const ReportHandler handler = handler_.load(std::memory_order_acquire)) {
    if (!only_limited) handler(report, context_.load(std::memory_order_relaxed));
  } else if (within_limit) {
    print(report);
  }
  for (Place& place : places_) {
    if (place.sink.load(std::memory_order_relaxed) == nullptr) continue;
    place.users.fetch_add(1);
    if (DiagnosticSink* const sink = place.sink.load()) {
      if (sink->limited() ? within_limit : !only_limited) sink->on_report(report);
    }
    if (place.users.fetch_sub(1) == 1) place.users.notify_all();
  }
}

void ReportSink::enforce(const Report& report, const CodeInfo& info, bool printed) noexcept {
  const StrictMode mode = strict_mode();
  if (mode == StrictMode::Warn || info.severity == Severity::Hint) return;
  if (mode == StrictMode::AbortOnError && info.severity != Severity::Error) return;
  if (const StrictHandler handler = strict_handler_.load(std::memory_order_acquire)) {
    return handler(report, strict_context_.load(std::memory_order_relaxed));
  }
  // Whatever the handler did with it, the last words of the program are on the terminal.
  if (!printed) print(report);
  Text<128> last("[framealloc] strict mode '");
  last.append(to_string(mode)).append("': the program ends here\n");
  std::fwrite(last.view().data(), 1, last.size(), stderr);
  std::fflush(stderr);
  std::abort();
}

void ReportSink::report(const Report& raised) noexcept {
  static_assert(kCodes <= kSlots && kCodes <= ReportLimit::kCodes,
                "more codes than counters for them");
  const CodeInfo& info = code_info(raised.code);
  counts_[slot_of(info)].fetch_add(1, std::memory_order_relaxed);
  if (is_handling(this) || suppressed(raised.code)) return;
  const HandlingScope scope(this);
  Report report = raised;
  AnnotationTexts texts;
  const bool within_limit = limit_.admit(report, slot_of(info));
  if (annotator_ != nullptr) annotator_(report, texts, within_limit, annotator_context_);
  deliver(report, within_limit, false);
  enforce(report, info, within_limit && handler_.load(std::memory_order_relaxed) == nullptr);
}

void ReportSink::report_pending(std::uint64_t frame) noexcept {
  if (is_handling(this)) return;
  const HandlingScope scope(this);
  limit_.for_each_due(frame, [&](const ReportLimit::Due& due) {
    Report report;
    report.code = due.code;
    report.tag = due.tag;
    report.site = due.site;
    report.frame = frame == kLastFrame ? 0 : frame;
    report.repeated = due.repeated;
    deliver(report, true, true);
  });
}

std::uint64_t ReportSink::count(Code code) const noexcept {
  return counts_[slot_of(code_info(code))].load(std::memory_order_relaxed);
}

void ReportSink::suppress(Code code) noexcept {
  suppressed_[slot_of(code_info(code))].fetch_add(1, std::memory_order_relaxed);
}

void ReportSink::lift(Code code) noexcept { count_down(suppressed_[slot_of(code_info(code))]); }

void ReportSink::lift_all() noexcept { count_down(all_suppressed_); }

bool ReportSink::suppressed(Code code) const noexcept {
  return all_suppressed_.load(std::memory_order_relaxed) != 0 ||
         suppressed_[slot_of(code_info(code))].load(std::memory_order_relaxed) != 0;
}

}  // namespace framealloc::detail
