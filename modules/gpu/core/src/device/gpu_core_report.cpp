// SPDX-License-Identifier: MIT OR Apache-2.0
// What the host is told.
#include "device/gpu_core.hpp"

#include <framealloc/report.hpp>

namespace framealloc::gpu::detail {

namespace {

[[nodiscard]] std::string_view name_of(GpuMemoryIntent intent) noexcept {
  switch (intent) {
    case GpuMemoryIntent::DeviceOnly:
      return "DeviceOnly";
    case GpuMemoryIntent::HostVisible:
      return "HostVisible";
    case GpuMemoryIntent::HostCached:
      return "HostCached";
    case GpuMemoryIntent::Staging:
      return "Staging";
    case GpuMemoryIntent::Readback:
      return "Readback";
  }
  return "unknown";
}

}  // namespace

void GpuCore::report(Code code, std::string_view message, const ReportFacts& facts) noexcept {
  Report report;
  const TagPath tag = host.path_of(facts.tag);
  report.code = code;
  report.message = message;
  report.tag = tag.view();
  report.frame = facts.frame != 0 ? facts.frame : frame();
  report.requested = facts.requested;
  report.available = facts.available;
  report.address = facts.address;
  report.site = facts.site;
  report.holder = facts.holder;
  report.holder_bytes = facts.holder_bytes;
  host.report(report);
}

Error GpuCore::fail(Code code, std::string_view message, const ReportFacts& facts) noexcept {
  report(code, message, facts);
  Error error;
  error.code = code;
  error.message.append(message);
  return error;
}

Error GpuCore::deny(const GpuDenial& denial, const GpuAllocRequirements& request,
                    const CallSite& site) noexcept {
  failed_.fetch_add(1, std::memory_order_relaxed);
  ReportFacts facts;
  facts.requested = request.size;
  facts.tag = host.current_tag_id();
  facts.site = site;

  Text<256> text;
  text.append_bytes(request.size).append(" of GPU memory (").append(name_of(request.intent));
  if (!request.name.empty()) text.append(", '").append(request.name.substr(0, 31)).append("'");
  text.append("): ");
  TagPath holder;
  const bool short_of = denial.code == Code::FA416 || denial.code == Code::FA417;
  if (denial.by_tag) {
    tags.count_denial(denial.tag);
    text.append("the limit of tag '").append(host.path_of(denial.tag).view()).append("'");
  } else if (denial.by_guard) {
    text.append("the budget of CPU and GPU together");
  } else if (denial.by_heap) {
    text.append("the budget of heap ").append(denial.heap);
  } else {
    text.append(denial.what);
    if (short_of) text.append(" in heap ").append(denial.heap);
  }
  if (short_of) {
    if (denial.limit != 0 && denial.code == Code::FA417)
      text.append(" is ").append_bytes(denial.limit);
    text.append(", held ").append_bytes(denial.held);
    const TagAccounts::Holder most =
        tags.largest_holder(denial.by_tag ? denial.tag : TagId::Untagged);
    holder = host.path_of(most.tag);
    if (most.bytes != 0) {
      text.append("; most of it by '").append(holder.empty() ? "untagged" : holder.view());
      text.append("': ").append_bytes(most.bytes);
    }
    facts.holder = holder.view();
    facts.holder_bytes = most.bytes;
    facts.available = denial.limit > denial.held ? denial.limit - denial.held : 0;
  }
  Error error = fail(denial.code, text.view(), facts);
  if (denial.code == Code::FA417 && host.emits(FrameEventKind::GpuBudgetDenied)) {
    FrameEvent event;
    event.kind = FrameEventKind::GpuBudgetDenied;
    event.frame_number = frame();
    event.size = request.size;
    event.used = denial.held;
    event.limit = denial.limit;
    event.count = denial.heap;
    host.emit(event, facts.tag);
  }
  return error;
}

void GpuCore::emit_freed(const HeapBytes& freed) noexcept {
  for (unsigned heap = 0; heap < gate.heap_count(); ++heap)
    if (freed[heap] != 0) emit(FrameEventKind::GpuBlockFreed, freed[heap], heap);
}

void GpuCore::emit(FrameEventKind kind, std::size_t size, std::uint64_t count) noexcept {
  if (!host.emits(kind)) return;
  FrameEvent event;
  event.kind = kind;
  event.frame_number = frame();
  event.size = size;
  event.count = count;
  event.name = info().name;
  if (kind == FrameEventKind::GpuFrameEnd) event.began_ns = frame_began_ns_;
  host.emit(event);
}

}  // namespace framealloc::gpu::detail
