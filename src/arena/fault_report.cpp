// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything here but watching and unwatching runs inside a signal handler: no locks, no memory.
#include "arena/fault_report.hpp"

#include <framealloc/align.hpp>
#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/text.hpp>
#include "os/fault_handler.hpp"
#include "os/stack.hpp"

#include <atomic>

namespace framealloc::detail {
namespace {

using Message = Text<1024>;
using Details = Text<4096>;

// Allocators in the mode Pages at a time whose memory can be named; further ones still fault.
constexpr std::size_t kMostGuards = 64;
std::atomic<FrameGuard*> guards[kMostGuards] = {};
// Threads that look at a guard at this moment: it does not go away under them.
std::atomic<unsigned> readers{0};

template <std::size_t N>
void append_place(Text<N>& message, std::uintptr_t code) noexcept {
  os::CodePlace place;
  if (os::find_code(code, place)) {
    message.append(place.file).append("+").append_hex(place.offset);
  } else {
    message.append_hex(code);
  }
}

void append_site(Message& message, const FrameGuardRecord* record) noexcept {
  if (record == nullptr) {
    message.append("at an unknown place");
    return;
  }
  if (record->line != 0) {
    message.append("at ").append(record->file).append(":").append(std::size_t{record->line});
    message.append(" (").append(record->function).append(")");
    return;
  }
  if (record->function[0] == '\0' && record->callers[0] == nullptr) {
    message.append("at an unknown place");
  } else if (record->function[0] != '\0') {
    message.append("in ").append(record->function);
  } else {
    message.append("in ");
    append_place(message, reinterpret_cast<std::uintptr_t>(record->callers[0]) - 1);
  }
}

// The one sentence of the report.
void write_sentence(Message& message, const FrameGuard& guard, const FrameGuardEntry& entry,
                    const FrameGuardRecord* record) noexcept {
  const std::uint64_t clock = entry.clock.load(std::memory_order_relaxed);
  const std::uint64_t frame = clock >> 1;
  message.append("frame memory of frame ").append(frame).append(", allocated ");
  append_site(message, record);
  const TagId tag = record == nullptr ? TagId::Untagged : record->tag;
  if (tag == TagId::Untagged) {
    message.append(" under no tag");
  } else {
    message.append(" under tag ").append(guard.tags().path(tag).view());
  }
  const std::uint64_t now = entry.now.load(std::memory_order_relaxed)->load();
  if (now == clock) {
    message.append(", used in its frame after a rewind freed it");
    return;
  }
  const std::uint64_t current = (now & 1) != 0 ? now >> 1 : (now >> 1) - 1;
  const std::uint64_t after = current > frame ? current - frame : 0;
  message.append(", used ").append(after).append(after == 1 ? " frame" : " frames");
  message.append(" after its frame ended");
}

void write_details(Details& text, const os::Fault& fault, const FrameGuardEntry& entry,
                   const FrameGuardRecord* record) noexcept {
  text.append("  address: ").append_hex(fault.address);
  if (record != nullptr) {
    const std::uintptr_t start =
        entry.base.load(std::memory_order_relaxed) + std::uintptr_t{record->start} * kGranule;
    text.append(", byte ").append(fault.address - start).append(" of ");
    text.append(std::size_t{record->granules} * kGranule);
  }
  text.append("\n  access: ");
  switch (fault.access) {
    case os::Fault::Access::Read:
      text.append("read");
      break;
    case os::Fault::Access::Write:
      text.append("write");
      break;
    case os::Fault::Access::Unknown:
      text.append("read or write");
      break;
  }
  if (fault.code != 0) {
    text.append(" at ");
    append_place(text, fault.code);
  }
  text.append("\n");
  for (std::size_t i = 0; record != nullptr && i < FrameGuardRecord::kCallers; ++i) {
    if (record->callers[i] == nullptr) continue;
    text.append("  allocated from ");
    // A return address is the instruction after the call.
    append_place(text, reinterpret_cast<std::uintptr_t>(record->callers[i]) - 1);
    text.append("\n");
  }
  text.append("  help: ").append(code_info(Code::FA002).help);
  text.append("; `addr2line -e FILE OFFSET` turns FILE+OFFSET into a line\n");
}

// Result: whether the address lies in memory of `guard`; then the report is on standard error.
bool describe(const FrameGuard& guard, const os::Fault& fault, Message& message,
              Report& report) noexcept {
  const FrameGuardEntry* const entry = guard.find(fault.address);
  if (entry == nullptr) return false;
  const FrameGuardRecord* const record = entry->find(fault.address);
  write_sentence(message, guard, *entry, record);
  Text<2048> head("[framealloc][FA002] error: ");
  head.append(code_info(Code::FA002).meaning).append(": ").append(message.view()).append("\n");
  os::write_error(head.c_str(), head.size());
  Details details;
  write_details(details, fault, *entry, record);
  os::write_error(details.c_str(), details.size());
  report.code = Code::FA002;
  report.message = message;
  report.frame = entry->clock.load(std::memory_order_relaxed) >> 1;
  report.address = reinterpret_cast<const void*>(fault.address);
  if (record != nullptr) report.site = CallSite{record->file, record->function, record->line};
  return true;
}

bool on_fault(const os::Fault& fault) noexcept {
  Message message;
  Report report;
  ReportSink* sink = nullptr;
  bool known = false;
  readers.fetch_add(1);
  for (std::atomic<FrameGuard*>& slot : guards) {
    const FrameGuard* const guard = slot.load();
    known = guard != nullptr && describe(*guard, fault, message, report);
    if (!known) continue;
    if (guard->reports_faults()) sink = &guard->sink();
    break;
  }
  readers.fetch_sub(1);
  // The user's handler may leave by a jump, so nothing is held any more.
  if (sink != nullptr) sink->report(report);
  return known;
}

}  // namespace

void watch_frames(FrameGuard& guard) noexcept {
  for (std::atomic<FrameGuard*>& slot : guards) {
    FrameGuard* nobody = nullptr;
    if (slot.compare_exchange_strong(nobody, &guard)) break;
  }
  // Without a handler the access still faults; it is only not explained.
  (void)os::watch_faults(&on_fault);
}

void unwatch_frames(FrameGuard& guard) noexcept {
  os::unwatch_faults();
  for (std::atomic<FrameGuard*>& slot : guards) {
    FrameGuard* mine = &guard;
    if (slot.compare_exchange_strong(mine, nullptr)) break;
  }
  for (unsigned round = 0; readers.load() != 0; ++round) os::relax(round);
}

}  // namespace framealloc::detail
