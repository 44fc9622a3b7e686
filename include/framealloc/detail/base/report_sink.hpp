// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an allocator's reports go.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/report_limit.hpp>
#include <framealloc/report.hpp>
#include <framealloc/report_policy.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Storage for the texts that a report's annotator adds.
struct AnnotationTexts {
  Text<256> message;
  Text<256> holder;
  Text<256> detail;
};

// Adds what the code that raised a report did not know: the thread, the largest holder. `in_full`
// is false for repeats beyond the limit, which should cost little.
using ReportAnnotator = void (*)(Report& report, AnnotationTexts& texts, bool in_full,
                                 void* context) noexcept;

// Destination of an allocator's reports. One per SmartAlloc. Thread contract: any thread, unless
// stated otherwise. Allocates nothing.
class ReportSink {
 public:
  static constexpr std::size_t kMaxSinks = 8;

  // Effect: `handler` replaces printing to stderr; null restores it.
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
  // Effect: sends every report to `sink` as well as to the handler. Result: false when all places
  // are taken.
  bool add(DiagnosticSink& sink) noexcept;
  // Effect: removes `sink`; returns when no other thread is running it. Does not wait when called
  // from inside a report of this allocator. Result: false if it was not registered.
  bool remove(DiagnosticSink& sink) noexcept;

  // Effect: counts the report and, unless suppressed, passes it to the handler or stderr and to
  // every sink; then, if the strict mode requires it, prints it and aborts.
  FRAMEALLOC_COLD void report(const Report& report) noexcept;
  [[nodiscard]] std::uint64_t count(Code code) const noexcept;  // including suppressed ones

  // Suppressions nest: each needs its own lift.
  void suppress(Code code) noexcept;
  void lift(Code code) noexcept;
  void suppress_all() noexcept { all_suppressed_.fetch_add(1, std::memory_order_relaxed); }
  void lift_all() noexcept;
  [[nodiscard]] bool suppressed(Code code) const noexcept;

  [[nodiscard]] StrictMode strict_mode() const noexcept {
    return strict_.load(std::memory_order_relaxed);
  }
  // Result: the previous mode.
  StrictMode set_strict_mode(StrictMode mode) noexcept {
    if (mode == StrictMode::FromEnvironment) mode = strict_mode_from_environment();
    return strict_.exchange(mode, std::memory_order_relaxed);
  }
  // Effect: calls `handler` in place of std::abort(); it may return. Null restores abort().
  // Requirement: as set().
  void set_strict_handler(StrictHandler handler, void* context) noexcept {
    strict_context_.store(context, std::memory_order_relaxed);
    strict_handler_.store(handler, std::memory_order_release);
  }

  [[nodiscard]] ReportLimit& limit() noexcept { return limit_; }
  // Effect: sends limited sinks the sums that are due; `frame` is the number of the frame that
  // ended, kLastFrame when the allocator ends.
  void report_repeats(std::uint64_t frame) noexcept {
    if (limit_.pending()) [[unlikely]]
      report_pending(frame);
  }
  [[nodiscard]] bool repeats_pending() const noexcept { return limit_.pending(); }
  static constexpr std::uint64_t kLastFrame = UINT64_MAX;

 private:
  struct Place {
    std::atomic<DiagnosticSink*> sink{nullptr};
    std::atomic<std::uint32_t> users{0};  // threads that are in it or about to read it
  };
  FRAMEALLOC_API FRAMEALLOC_COLD void report_pending(std::uint64_t frame) noexcept;
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

}  // namespace framealloc::detail
