// SPDX-License-Identifier: MIT OR Apache-2.0
// Strictness and silence for as long as a scope lasts.
#pragma once

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/report.hpp>

#include <optional>

namespace framealloc {

// While it lives, the allocator is as strict as it says, for all threads; then as strict as before.
// Requirement: it ends before its allocator, and guards of one allocator end in reverse order.
class StrictModeGuard {
 public:
  // `handle`: a SmartAlloc.
  template <class Handle>
  [[nodiscard]] StrictModeGuard(const Handle& handle, StrictMode mode) noexcept
      : instance_(handle.instance()) {
    if (instance_ != nullptr) before_ = instance_->sink().set_strict_mode(mode);
  }
  StrictModeGuard(const StrictModeGuard&) = delete;
  StrictModeGuard& operator=(const StrictModeGuard&) = delete;
  ~StrictModeGuard() {
    if (instance_ != nullptr) (void)instance_->sink().set_strict_mode(before_);
  }

 private:
  detail::Instance* instance_;
  StrictMode before_ = StrictMode::Warn;
};

// While it lives, the allocator tells nobody of one code, or of any: neither handlers nor sinks
// learn of it and no strict mode ends the program, on all threads. Reports are still counted.
// Requirement: it ends before its allocator.
class SuppressionGuard {
 public:
  template <class Handle>
  [[nodiscard]] explicit SuppressionGuard(const Handle& handle) noexcept
      : instance_(handle.instance()) {
    if (instance_ != nullptr) instance_->sink().suppress_all();
  }
  template <class Handle>
  [[nodiscard]] SuppressionGuard(const Handle& handle, Code code) noexcept
      : instance_(handle.instance()), code_(code) {
    if (instance_ != nullptr) instance_->sink().suppress(code);
  }
  SuppressionGuard(const SuppressionGuard&) = delete;
  SuppressionGuard& operator=(const SuppressionGuard&) = delete;
  ~SuppressionGuard() {
    if (instance_ == nullptr) return;
    if (code_) {
      instance_->sink().lift(*code_);
    } else {
      instance_->sink().lift_all();
    }
  }

 private:
  detail::Instance* instance_;
  std::optional<Code> code_;
};

}  // namespace framealloc
