// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/ecs/plugin.hpp>

#include <framealloc/report.hpp>

namespace framealloc::ecs {

FramePlugin::~FramePlugin() {
  if (!ran_) {
    Report report;
    report.code = Code::FA101;
    report.message =
        "the frame plugin ends and none of its hooks ever ran: call first() in the first and "
        "last() "
        "in the last system of the schedule, or tick() once in each tick";
    alloc_.report(report);
  }
  if (open_) end();
}

void FramePlugin::first() noexcept {
  ran_ = true;
  if (open_) {
    report_missed(
        "first() ran and the frame before is still open: last() did not run in it; it ends now");
    end();
  }
  begin();
}

void FramePlugin::last() noexcept {
  ran_ = true;
  if (!open_) {
    report_missed("last() ran and no frame is open: first() did not run in this tick");
    return;
  }
  end();
}

void FramePlugin::tick() noexcept {
  ran_ = true;
  if (open_) end();
  begin();
}

void FramePlugin::begin() noexcept {
  alloc_.begin_frame();
  open_ = true;
}

void FramePlugin::end() noexcept {
  open_ = false;
  ++stats_.frames;
  alloc_.end_frame();
}

void FramePlugin::report_missed(const char* message) noexcept {
  ++stats_.missed;
  Report report;
  report.code = Code::FA102;
  report.message = message;
  alloc_.report(report);
}

}  // namespace framealloc::ecs
