// SPDX-License-Identifier: MIT OR Apache-2.0
// Emitting a diagnostic. Emission sits below the allocators; understanding sits above, in diag/.
#pragma once

#include <framealloc/base/call_site.hpp>
#include <framealloc/base/codes.hpp>
#include <framealloc/base/compiler.hpp>
#include <framealloc/base/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

// One diagnostic: names the culprit. Views are valid during the call of the handler only.
struct Report {
  Code code = Code::None;
  std::string_view message;   // one sentence: what, where, what was expected
  std::string_view tag;       // tag path of the request, empty when untagged
  std::uint64_t frame = 0;    // number of the frame that was open or ended last
  std::size_t requested = 0;  // bytes asked for, 0 when no request is meant
  std::size_t available = 0;  // bytes that could have been had
  const void* address = nullptr;
  CallSite site;  // unknown (line 0) where the caller did not pass it
};

// Receives reports. Called on the thread that failed, with no lock of the library held, so it may
// call the allocator; a report raised while one is being handled on the same thread is counted and
// not passed on.
using ReportHandler = void (*)(const Report& report, void* context);

namespace detail {

// Where an allocator's reports go. One per SmartAlloc.
class ReportSink {
 public:
  // Requirement: set before other threads use the allocator, or the old handler stays callable.
  void set(ReportHandler handler, void* context) noexcept {
    context_.store(context, std::memory_order_relaxed);
    handler_.store(handler, std::memory_order_release);
  }
  // Effect: counts the report and passes it on; without a handler, prints it to stderr, each code
  // at most kPrintsPerCode times so that a fault in a loop does not flood the terminal.
  FRAMEALLOC_COLD void emit(const Report& report) noexcept;
  [[nodiscard]] std::uint64_t count(Code code) const noexcept;
  static constexpr std::uint32_t kPrintsPerCode = 8;

 private:
  static constexpr std::size_t kSlots = 96;  // at least one for each code
  std::atomic<ReportHandler> handler_{nullptr};
  std::atomic<void*> context_{nullptr};
  std::atomic<std::uint32_t> counts_[kSlots] = {};
};

}  // namespace detail
}  // namespace framealloc
