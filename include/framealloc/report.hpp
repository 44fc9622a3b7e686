// SPDX-License-Identifier: MIT OR Apache-2.0
// Reporting a diagnostic. Reporting sits below the allocators; interpretation sits above, in diag/.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/report_policy.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

/// One diagnostic, which names the culprit. Views are valid only during the call of the handler.
struct Report {
  Code code = Code::None;
  std::string_view message;   ///< one sentence: what, where, what was expected
  std::string_view tag;       ///< tag path of the request; empty when untagged
  std::uint64_t frame = 0;    ///< number of the open frame, or else of the last one
  std::size_t requested = 0;  ///< bytes asked for; 0 if there was no request
  std::size_t available = 0;  ///< bytes that were available
  const void* address = nullptr;
  CallSite site;    ///< unknown (line 0) if the caller did not pass it
  ThreadId thread;  ///< on which it happened; 0 when unknown
  /// When memory was short: the tag that holds most, and how much. 0 bytes: not looked up.
  std::string_view holder;
  std::size_t holder_bytes = 0;
  std::string_view
      holder_detail;  ///< how much of it is of which kind, and the thread with most of it
  /// When a tag's budget denied (FA311): that tag, which may be an ancestor of `tag`; "" is
  /// untagged memory. The holder is then the one that holds most under it.
  bool limited = false;
  std::string_view limit_tag;
  /// If not 0, this is not a new event: it stands for as many like it that a limited sink did not
  /// get.
  std::uint64_t repeated = 0;
};

/// Receives reports. Called on the thread that failed, with no library lock held, so it may call
/// the allocator; a report that this allocator then raises on the same thread is counted but not
/// passed on.
using ReportHandler = void (*)(const Report& report, void* context);

/// The same as an object. Must outlive its registration, see SmartAlloc::add_sink().
class FRAMEALLOC_API DiagnosticSink {
 public:
  virtual void on_report(const Report& report) noexcept = 0;
  /// Result: true if reports of one code and place arrive in full only the first few times, and as
  /// sums from then on: right for human readers, wrong for counting.
  [[nodiscard]] virtual bool limited() const noexcept { return false; }

 protected:
  DiagnosticSink() = default;
  DiagnosticSink(const DiagnosticSink&) = default;
  DiagnosticSink& operator=(const DiagnosticSink&) = default;
  ~DiagnosticSink() = default;
};

/// Called in place of std::abort() when a strict mode is on and a report is severe enough.
using StrictHandler = void (*)(const Report& report, void* context);

}  // namespace framealloc
