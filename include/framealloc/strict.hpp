// SPDX-License-Identifier: MIT OR Apache-2.0
// Strictness and silence for as long as a scope lasts.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/thread/handle_access.hpp>
#include <framealloc/report_policy.hpp>

#include <optional>

namespace framealloc {

/// While it lives, the allocator is as strict as it says, for all threads; then as strict as
/// before. Requirement: it ends before its allocator, and guards of one allocator end in reverse
/// order.
class FRAMEALLOC_API StrictModeGuard {
 public:
  /// `handle`: a SmartAlloc.
  template <class Handle>
  [[nodiscard]] StrictModeGuard(const Handle& handle, StrictMode mode) noexcept
      : StrictModeGuard(detail::HandleAccess::instance(handle), mode) {}
  StrictModeGuard(const StrictModeGuard&) = delete;
  StrictModeGuard& operator=(const StrictModeGuard&) = delete;
  ~StrictModeGuard();

 private:
  StrictModeGuard(detail::Instance* instance, StrictMode mode) noexcept;

  detail::Instance* instance_;
  StrictMode before_ = StrictMode::Warn;
};

/// While it lives, reports of one code, or of all, reach no one on any thread: neither handlers nor
/// sinks see them, and no strict mode ends the program. Reports are still counted.
/// Requirement: it ends before its allocator.
class FRAMEALLOC_API SuppressionGuard {
 public:
  template <class Handle>
  [[nodiscard]] explicit SuppressionGuard(const Handle& handle) noexcept
      : SuppressionGuard(detail::HandleAccess::instance(handle), true, Code::None) {}
  template <class Handle>
  [[nodiscard]] SuppressionGuard(const Handle& handle, Code code) noexcept
      : SuppressionGuard(detail::HandleAccess::instance(handle), false, code) {}
  SuppressionGuard(const SuppressionGuard&) = delete;
  SuppressionGuard& operator=(const SuppressionGuard&) = delete;
  ~SuppressionGuard();

 private:
  SuppressionGuard(detail::Instance* instance, bool all, Code code) noexcept;

  detail::Instance* instance_;
  bool all_ = true;
  Code code_{};  // unless all
};

}  // namespace framealloc
