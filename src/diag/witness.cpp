// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/witness.hpp"

#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>

namespace framealloc::detail {
namespace {

void complete(Report& report, Text<256>& holder, bool in_full, void* context) noexcept {
  auto& instance = *static_cast<Instance*>(context);
  report.thread = os::current_thread_id();
  // Asking every tag is too much for a request that fails in a loop.
  if (!in_full || !is_shortage(report.code) || report.holder_bytes != 0) return;
  const TagId tag = instance.holder_of_most(&report.holder_bytes);
  holder.append(instance.tags().path(tag).view());
  report.holder = holder;
}

}  // namespace

bool is_shortage(Code code) noexcept {
  switch (code) {
    case Code::FA003:
    case Code::FA012:
    case Code::FA021:
    case Code::FA310:
    case Code::FA311:
    case Code::FA312:
    case Code::FA313:
    case Code::FA402:
      return true;
    default:
      return false;
  }
}

void attach_witness(Instance& instance) noexcept {
  instance.sink().set_witness(&complete, &instance);
}

}  // namespace framealloc::detail
