// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that say where reports go and how serious they are.
#include <framealloc/framealloc.hpp>

#include <framealloc/detail/thread/instance.hpp>

namespace framealloc {

using detail::Instance;

bool SmartAlloc::add_sink(DiagnosticSink& sink) const noexcept {
  Instance* const instance = instance_;
  return instance != nullptr && instance->sink().add(sink);
}

bool SmartAlloc::remove_sink(DiagnosticSink& sink) const noexcept {
  Instance* const instance = instance_;
  return instance != nullptr && instance->sink().remove(sink);
}

void SmartAlloc::print_reports(bool on) const noexcept {
  if (Instance* const instance = instance_) {
    instance->sink().set(on ? nullptr : +[](const Report&, void*) {}, nullptr);
  }
}

void SmartAlloc::set_report_limit(std::uint32_t most) const noexcept {
  if (Instance* const instance = instance_) instance->sink().limit().set_most(most);
}

std::uint64_t SmartAlloc::report_count(Code code) const noexcept {
  Instance* const instance = instance_;
  return instance == nullptr ? 0 : instance->sink().count(code);
}

void SmartAlloc::set_strict_mode(StrictMode mode) const noexcept {
  if (Instance* const instance = instance_) (void)instance->sink().set_strict_mode(mode);
}

StrictMode SmartAlloc::strict_mode() const noexcept {
  Instance* const instance = instance_;
  return instance == nullptr ? StrictMode::Warn : instance->sink().strict_mode();
}

void SmartAlloc::set_strict_handler(StrictHandler handler, void* context) const noexcept {
  if (Instance* const instance = instance_) instance->sink().set_strict_handler(handler, context);
}

void SmartAlloc::suppress(Code code) const noexcept {
  if (Instance* const instance = instance_) instance->sink().suppress(code);
}

void SmartAlloc::unsuppress(Code code) const noexcept {
  if (Instance* const instance = instance_) instance->sink().lift(code);
}

void SmartAlloc::suppress_diagnostics(bool on) const noexcept {
  Instance* const instance = instance_;
  if (instance == nullptr) return;
  if (on) {
    instance->sink().suppress_all();
  } else {
    instance->sink().lift_all();
  }
}

}  // namespace framealloc
