// SPDX-License-Identifier: MIT OR Apache-2.0
// Emitting a diagnostic. Emission sits below the allocators; understanding sits above, in diag/.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/report_limit.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/report_policy.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

/// One diagnostic: names the culprit. Views are valid during the call of the handler only.
struct Report {
  Code code = Code::None;
  std::string_view message;   ///< one sentence: what, where, what was expected
  std::string_view tag;       ///< tag path of the request, empty when untagged
  std::uint64_t frame = 0;    ///< number of the frame that was open or ended last
  std::size_t requested = 0;  ///< bytes asked for, 0 when no request is meant
  std::size_t available = 0;  ///< bytes that could have been had
  const void* address = nullptr;
  CallSite site;    ///< unknown (line 0) where the caller did not pass it
  ThreadId thread;  ///< on which it happened; 0 when unknown
  /// Where memory was short: the tag that holds most, and how much. 0 bytes: nobody was asked.
  std::string_view holder;
  std::size_t holder_bytes = 0;
  std::string_view
      holder_detail;  ///< how much of it of which kind, and which thread has most of it
  /// Where the budget of a tag denied (FA311): that tag, which may lie above `tag`; "" is untagged
  /// memory. The holder is then the one that holds most under it.
  bool limited = false;
  std::string_view limit_tag;
  /// Not 0: this is no new event; it stands for so many like it that a limited sink was not told.
  std::uint64_t repeated = 0;
};

/// Receives reports. Called on the thread that failed, with no lock of the library held, so it may
/// call the allocator; a report that this allocator raises meanwhile on the same thread is counted
/// and not passed on.
using ReportHandler = void (*)(const Report& report, void* context);

/// The same as an object. Must outlive its place in the allocator, see SmartAlloc::add_sink().
class DiagnosticSink {
 public:
  virtual void on_report(const Report& report) noexcept = 0;
  /// Result: true when reports of one code and place come in full only the first few times, and as
  /// sums from then on: right for what a person reads, wrong for what is counted.
  [[nodiscard]] virtual bool limited() const noexcept { return false; }

 protected:
  DiagnosticSink() = default;
  DiagnosticSink(const DiagnosticSink&) = default;
  DiagnosticSink& operator=(const DiagnosticSink&) = default;
  ~DiagnosticSink() = default;
};

/// What is called in place of std::abort() when a strict mode is on and a report is bad enough.
using StrictHandler = void (*)(const Report& report, void* context);

namespace detail {

// Room for what the annotator of a report lets it point to.
struct AnnotationTexts {
  Text<256> message;
  Text<256> holder;
  Text<256> detail;
};

// Knows what a report should say beyond what its raiser knew: the thread, who holds most.
// `in_full` is false for repeats beyond the limit, on which nothing costly should be spent.
using ReportAnnotator = void (*)(Report& report, AnnotationTexts& texts, bool in_full,
                                 void* context) noexcept;

// Where an allocator's reports go. One per SmartAlloc. Thread contract: any thread, except where
// said. Allocates nothing.
class ReportSink {
 public:
  static constexpr std::size_t kMaxSinks = 8;

  // Effect: `handler` replaces the printing to stderr; null brings that back.
  // Requirement: set before other threads use the allocator, or the old handler stays callable.
  void set(ReportHandler handler, void* context) noexcept {
    context_.store(context, std::memory_order_relaxed);
    handler_.store(handler, std::memory_order_release);
  }
  // Requirement: before other threads use the allocator.
  void set_report_annotator(ReportAnnotator annotator, void* context) noexcept {
    annotator_context_ = context;
    annotator_ = annotator;
  }
  // Effect: `sink` is told every report, beside the handler. Result: false when all places are
  // taken.
  bool add(DiagnosticSink& sink) noexcept;
  // Effect: `sink` is told nothing any more; returns when no other thread is in it. From inside a
  // report of this allocator it does not wait. Result: false when it had no place.
  bool remove(DiagnosticSink& sink) noexcept;

  // Effect: counts the report and, unless it is suppressed, passes it on to the handler or stderr,
  // and to every sink; then, if the strict mode asks for it, prints it and aborts.
  FRAMEALLOC_COLD void report(const Report& report) noexcept;
  [[nodiscard]] std::uint64_t count(Code code) const noexcept;  // suppressed ones too

  // Suppressions nest: as many lifts as there were suppressions.
  void suppress(Code code) noexcept;
  void lift(Code code) noexcept;
  void suppress_all() noexcept { all_suppressed_.fetch_add(1, std::memory_order_relaxed); }
  void lift_all() noexcept;
  [[nodiscard]] bool suppressed(Code code) const noexcept;

  [[nodiscard]] StrictMode strict_mode() const noexcept {
    return strict_.load(std::memory_order_relaxed);
  }
  // Result: the mode before.
  StrictMode set_strict_mode(StrictMode mode) noexcept {
    return strict_.exchange(mode, std::memory_order_relaxed);
  }
  // Effect: `handler` is called in place of std::abort(), and may return; null brings that back.
  // Requirement: as set().
  void set_strict_handler(StrictHandler handler, void* context) noexcept {
    strict_context_.store(context, std::memory_order_relaxed);
    strict_handler_.store(handler, std::memory_order_release);
  }

  [[nodiscard]] ReportLimit& limit() noexcept { return limit_; }
  // Effect: tells limited sinks what was held back, where it is time for it; `frame` is the number
  // of the frame that ended, kLastFrame when the allocator ends.
  void report_repeats(std::uint64_t frame) noexcept {
    if (limit_.pending()) [[unlikely]]
      report_pending(frame);
  }
  static constexpr std::uint64_t kLastFrame = UINT64_MAX;

 private:
  struct Place {
    std::atomic<DiagnosticSink*> sink{nullptr};
    std::atomic<std::uint32_t> users{0};  // threads that are in it or about to look at it
  };
  FRAMEALLOC_COLD void report_pending(std::uint64_t frame) noexcept;
  void deliver(const Report& report, bool within_limit, bool only_limited) noexcept;
  void enforce(const Report& report, const CodeInfo& info, bool printed) noexcept;

  static constexpr std::size_t kSlots = 96;  // at least one for each code
  std::atomic<ReportHandler> handler_{nullptr};
  std::atomic<void*> context_{nullptr};
  ReportAnnotator annotator_ = nullptr;
  void* annotator_context_ = nullptr;
  Place places_[kMaxSinks];
  std::atomic<std::uint32_t> all_suppressed_{0};
  std::atomic<StrictMode> strict_{StrictMode::Warn};
  std::atomic<StrictHandler> strict_handler_{nullptr};
  std::atomic<void*> strict_context_{nullptr};
  std::atomic<std::uint32_t> counts_[kSlots] = {};
  std::atomic<std::uint32_t> suppressed_[kSlots] = {};
  ReportLimit limit_;
};

}  // namespace detail
}  // namespace framealloc
