// SPDX-License-Identifier: MIT OR Apache-2.0
// Destinations of reports. Pass them to SmartAlloc::add_sink(); an allocator can have several.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/mutex.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/report.hpp>
#include <framealloc/report_text.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc {

/// A report to keep: owns its texts.
struct FRAMEALLOC_API Diagnostic {
  Code code = Code::None;
  Severity severity = Severity::Error;
  std::string message;  ///< the report's; the code's meaning when it had none
  std::string note;     ///< the code's meaning
  std::string help;
  std::string tag;
  std::string file;  ///< "" if the call site is unknown
  std::string function;
  std::uint32_t line = 0;
  std::uint64_t frame = 0;
  ThreadId thread;
  std::size_t requested = 0;  ///< bytes
  std::size_t available = 0;  ///< bytes
  std::string holder;         ///< path of the tag that held most, "" if untagged or not determined
  std::size_t holder_bytes = 0;
  std::string holder_detail;
  std::string limit_tag;  ///< FA311: the tag whose budget denied, "" where it is not one
  const void* address = nullptr;

  [[nodiscard]] static Diagnostic of(const Report& report);
};

/// Writes each report as text to a stream. An allocator without a handler writes to standard error
/// anyway.
class FRAMEALLOC_API TextSink final : public DiagnosticSink {
 public:
  explicit TextSink(std::FILE* stream = stderr) noexcept : stream_(stream) {}
  void on_report(const Report& report) noexcept override;
  [[nodiscard]] bool limited() const noexcept override { return true; }

 private:
  std::FILE* stream_;
};

/// Keeps every report, in order of arrival. For tests and tools: it stores them in its own memory,
/// from the standard allocator. Thread contract: any thread.
class FRAMEALLOC_API CollectingSink final : public DiagnosticSink {
 public:
  CollectingSink() = default;
  CollectingSink(const CollectingSink&) = delete;
  CollectingSink& operator=(const CollectingSink&) = delete;
  ~CollectingSink();
  void on_report(const Report& report) noexcept override;

  [[nodiscard]] std::vector<Diagnostic> diagnostics() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t count(Code code) const;
  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] bool has_warnings() const;
  void clear();

 private:
  [[nodiscard]] bool has(Severity severity) const;
  struct Kept;
  mutable detail::Mutex mutex_;
  Kept* kept_ = nullptr;  // made by the first report; a vector here would be dear to compile
};

/// Passes each report to a callable. `F` takes a const Report& and must not throw.
template <class F>
class CallbackSink final : public DiagnosticSink {
  static_assert(std::invocable<F&, const Report&>);

 public:
  explicit CallbackSink(F function) : function_(std::move(function)) {}
  void on_report(const Report& report) noexcept override { function_(report); }

 private:
  F function_;
};

/// Passes each report to a log: `F` takes the severity and the text of the report, several lines
/// without a trailing line break, valid only during the call. It must not throw.
template <class F>
class LogSink final : public DiagnosticSink {
  static_assert(std::invocable<F&, Severity, std::string_view>);

 public:
  explicit LogSink(F function) : function_(std::move(function)) {}
  void on_report(const Report& report) noexcept override {
    const ReportText text = format_report(report);
    std::string_view lines = text;
    if (lines.ends_with('\n')) lines.remove_suffix(1);
    function_(code_info(report.code).severity, lines);
  }
  [[nodiscard]] bool limited() const noexcept override { return true; }

 private:
  F function_;
};

}  // namespace framealloc
