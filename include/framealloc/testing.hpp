// SPDX-License-Identifier: MIT OR Apache-2.0
// For the tests of programs that use framealloc: scopes that must not allocate, frames that must
// stay small. Needs no test framework and works with any; not included by framealloc.hpp.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc::testing {

/// Receives the message of an expectation that failed and was not checked before it ended. `site`
/// is where the expectation was made. May return; the message is valid only during the call.
using FailureHandler = void (*)(std::string_view message, const CallSite& site, void* context);

/// Effect: calls `handler` for every failed expectation that was not checked, instead of printing
/// the message and std::abort(); null restores that. Thread contract: any thread; meant to be
/// called once, at the start of the tests.
FRAMEALLOC_API void set_failure_handler(FailureHandler handler, void* context = nullptr) noexcept;

/// Effect: as for a failed expectation that was not checked: calls the failure handler, or prints
/// the message and ends the program. For your own expectations. Thread contract: any thread.
FRAMEALLOC_API void report_failure(std::string_view message, const CallSite& site);

/// Expects that nothing is allocated from one allocator while it exists: no frame, pool or heap
/// memory, nothing behind handles, in groups, streaming or scratch pools; on any thread.
///
///   framealloc::testing::NoAllocationsInScope none(alloc);
///   world.step();
///   EXPECT_TRUE(none) << none.message();   // GoogleTest; without it the end of the scope decides
///
/// While it exists, each frame call takes the slow path, which counts. Frees are allowed. Its own
/// bookkeeping is on the standard heap. Thread contract: counts of other threads are exact once the
/// caller has synchronized with them. Requirement: it ends before the allocator does.
class FRAMEALLOC_API NoAllocationsInScope {
 public:
  explicit NoAllocationsInScope(const SmartAlloc& alloc, CallSite site = CallSite::current());
  /// Fails, through the failure handler, if there were allocations that were not checked.
  ~NoAllocationsInScope();
  NoAllocationsInScope(const NoAllocationsInScope&) = delete;
  NoAllocationsInScope& operator=(const NoAllocationsInScope&) = delete;

  /// Result: whether there were no allocations until now. After this check, the destructor fails
  /// only for later ones.
  [[nodiscard]] explicit operator bool() const { return none(); }
  [[nodiscard]] bool none() const;
  [[nodiscard]] std::uint64_t count() const;        ///< calls until now
  [[nodiscard]] std::uint64_t frame_calls() const;  ///< of these, for frame memory
  [[nodiscard]] std::size_t bytes() const;          ///< allocated until now, rounding included
  /// Result: the number of calls and bytes, in total and by tag, or that there were none.
  [[nodiscard]] std::string message() const;

 private:
  struct Totals {
    std::uint64_t calls = 0;        // of all kinds
    std::uint64_t frame_calls = 0;  // of these
    std::vector<TagStats> tags;
  };
  [[nodiscard]] Totals read() const;
  [[nodiscard]] static std::size_t bytes_between(const Totals& before, const Totals& after);

  SmartAlloc alloc_;
  CallSite site_;
  bool counted_before_;
  Totals before_;
  mutable std::uint64_t told_ = 0;
};

/// Expects that the open frame, or else the one that ended last, held fewer than `limit` bytes at
/// one time, on all threads together, rounding included. Checked when converted, or at its end:
///
///   EXPECT_TRUE(ExpectFrameBytesBelow(alloc, 64_KiB));
///
/// Thread contract: exact once the caller has synchronized with the threads of the frame.
class FRAMEALLOC_API ExpectFrameBytesBelow {
 public:
  ExpectFrameBytesBelow(const SmartAlloc& alloc, std::size_t limit,
                        CallSite site = CallSite::current());
  /// Fails, through the failure handler, if the frame holds too much and was not checked.
  ~ExpectFrameBytesBelow();
  ExpectFrameBytesBelow(const ExpectFrameBytesBelow&) = delete;
  ExpectFrameBytesBelow& operator=(const ExpectFrameBytesBelow&) = delete;

  [[nodiscard]] explicit operator bool() const { return holds(); }
  [[nodiscard]] bool holds() const;
  [[nodiscard]] std::size_t bytes() const;  ///< most that the frame has held at one time
  /// Result: the frame's number, its bytes, the limit, and the tags that hold most of it now.
  [[nodiscard]] std::string message() const;

 private:
  SmartAlloc alloc_;
  std::size_t limit_;
  CallSite site_;
  mutable bool asked_ = false;
};

}  // namespace framealloc::testing
