// SPDX-License-Identifier: MIT OR Apache-2.0
#include "thread/guard_setup.hpp"

#include <framealloc/detail/thread/instance.hpp>
#include "os/virtual_memory.hpp"

#include <cstdlib>
#include <string_view>

namespace framealloc::detail {

std::optional<GuardMode> guard_from_environment(std::string_view* wish) noexcept {
  const char* const variable = std::getenv("FRAMEALLOC_GUARD");
  *wish = variable == nullptr ? "" : variable;
  if (*wish == "off") return GuardMode::Off;
  if (*wish == "poison") return GuardMode::Poison;
  if (*wish == "pages") return GuardMode::Pages;
  return std::nullopt;
}

bool Instance::set_guard(Error* why) noexcept {
  const bool pages = config_.guard == GuardMode::Pages;
  if (pages) {
    // Asked of the source itself: whether it can is not to be seen from outside.
    const std::size_t bytes = os::page_size();
    void* const probe = limited_source_.acquire(bytes, bytes);
    const bool can = probe != nullptr && limited_source_.source().protect(probe, bytes, false) &&
                     limited_source_.source().protect(probe, bytes, true);
    limited_source_.release(probe, bytes, bytes);
    if (probe != nullptr && !can) {
      why->code = Code::FA010;
      why->message.clear();
      why->message.append("AllocConfig::guard is Pages, but the memory source '");
      why->message.append(limited_source_.source().name());
      why->message.append("' cannot make memory inaccessible (MemorySource::protect)");
      return false;
    }
  }
  frame_guard_ = metadata_.create<FrameGuard>(FrameGuard::Setup{
      &chunks_, &limited_source_, &metadata_, &tags_, &sink_, pages, config_.guard_report_faults,
      config_.guard_frames + config_.frames_in_flight - 1});
  if (frame_guard_ == nullptr || pools_.guard() == nullptr) {
    why->code = Code::FA012;
    why->message = "the memory source has nothing left for the guard mode";
    return false;
  }
  modes_.store(pages || frame_guard_->annotates() ? kGuardCalls | kGuardFrames : kGuardFrames,
               std::memory_order_relaxed);
  return true;
}

}  // namespace framealloc::detail
