// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/strict.hpp>

#include <framealloc/detail/thread/instance.hpp>

namespace framealloc {

StrictModeGuard::StrictModeGuard(detail::Instance* instance, StrictMode mode) noexcept
    : instance_(instance) {
  if (instance_ != nullptr) before_ = instance_->sink().set_strict_mode(mode);
}

StrictModeGuard::~StrictModeGuard() {
  if (instance_ != nullptr) (void)instance_->sink().set_strict_mode(before_);
}

SuppressionGuard::SuppressionGuard(detail::Instance* instance, bool all, Code code) noexcept
    : instance_(instance), all_(all), code_(code) {
  if (instance_ == nullptr) return;
  if (!all_) {
    instance_->sink().suppress(code_);
  } else {
    instance_->sink().suppress_all();
  }
}

SuppressionGuard::~SuppressionGuard() {
  if (instance_ == nullptr) return;
  if (!all_) {
    instance_->sink().lift(code_);
  } else {
    instance_->sink().lift_all();
  }
}

}  // namespace framealloc
