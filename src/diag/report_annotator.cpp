// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/report_annotator.hpp"

#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>

namespace framealloc::detail {
namespace {

// How much of what the tag holds is of which kind, and which thread has most of it.
void append_detail(Text<256>& text, const Instance& instance, TagId tag) noexcept {
  const TagFigures figures = instance.tag_figures(tag);
  const auto append = [&text](std::string_view kind, std::size_t bytes) {
    if (bytes == 0) return;
    if (!text.empty()) text.append(", ");
    text.append(kind).append(" ").append_bytes(bytes);
  };
  append("frame", figures.frame_bytes);
  append("pool", figures.pool_bytes);
  append("heap", figures.heap_bytes);
  std::size_t most = 0;
  const ThreadState* const thread = instance.thread_with_most(tag, &most);
  if (thread == nullptr) return;
  text.append("; ").append_bytes(most).append(" by thread ").append(thread->id().value);
}

void complete(Report& report, AnnotationTexts& texts, bool in_full, void* context) noexcept {
  auto& instance = *static_cast<Instance*>(context);
  if (report.thread.value == 0) report.thread = os::current_thread_id();
  // Asking every tag is too much for a request that fails in a loop.
  if (!in_full) return;
  if (report.code == Code::FA006 && report.address != nullptr &&
      instance.is_frame_memory(report.address)) {
    texts.message.append("a frame pointer was freed as a block of the pool or the heap; ");
    texts.message.append("frame memory goes with its frame");
    report.message = texts.message;
  }
  if (!is_shortage(report.code) || report.holder_bytes != 0) return;
  const TagId limit = instance.tags().find_path(report.limit_tag);
  const TagId tag =
      instance.holder_of_most(&report.holder_bytes, report.limited ? &limit : nullptr);
  texts.holder.append(instance.tags().path(tag).view());
  report.holder = texts.holder;
  if (report.holder_bytes == 0) return;
  append_detail(texts.detail, instance, tag);
  report.holder_detail = texts.detail;
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

void attach_report_annotator(Instance& instance) noexcept {
  instance.sink().set_report_annotator(&complete, &instance);
}

}  // namespace framealloc::detail
