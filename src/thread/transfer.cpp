// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/transfer.hpp>

#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <mutex>

namespace framealloc::detail {

namespace {

// Effect: calls change(counts) for the counts that the calling thread may write.
template <class Change>
void count(Instance& instance, Change&& change) noexcept {
  if (ThreadState* const mine = instance.find_state()) return change(mine->transfers);
  const std::lock_guard lock(instance.services().stray_lock());
  change(instance.services().stray_transfers());
}

void emit(Instance& instance, FrameEventKind kind, std::size_t bytes) noexcept {
  if (!instance.events().wants(kind)) return;
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Pool;
  event.size = bytes;
  const ThreadState* const mine = instance.find_state();
  instance.events().emit(event, mine == nullptr ? TagId::Untagged : mine->tag());
}

void describe(Text<192>& text, TransferId id, ThreadId origin) noexcept {
  text.append("transfer ").append(id.value).append(" of thread ").append(origin.value);
}

}  // namespace

TransferId transfer_begins(Instance& instance, std::size_t bytes) noexcept {
  std::uint64_t number = 0;
  count(instance, [&](TransferCounts& counts) {
    number = counts.initiated.get();
    counts.initiated.add(1);
  });
  emit(instance, FrameEventKind::TransferInitiated, bytes);
  // Unique without a counter that all threads share.
  constexpr int kNumberBits = 40;
  constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << kNumberBits) - 1;
  return TransferId{os::current_thread_id().value << kNumberBits | (number & kNumberMask)};
}

void transfer_arrives(Instance& instance, std::size_t bytes) noexcept {
  count(instance, [&](TransferCounts& counts) {
    counts.completed.add(1);
    counts.bytes.add(bytes);
  });
  emit(instance, FrameEventKind::TransferCompleted, bytes);
}

void transfer_drops(Instance& instance, TransferId id, ThreadId origin, std::size_t bytes,
                    bool silently) noexcept {
  count(instance, [](TransferCounts& counts) { counts.dropped.add(1); });
  if (silently) return;
  Text<192> text;
  describe(text, id, origin);
  text.append(" was dropped before anybody received it; its object of ").append_bytes(bytes);
  text.append(" was destroyed");
  instance.report(Code::FA206, text, TagId::Untagged, bytes);
}

void transfer_is_gone(Instance& instance, TransferId id, ThreadId origin, TransferState state,
                      std::size_t bytes, const CallSite& site) noexcept {
  Text<192> text("receive() of ");
  describe(text, id, origin);
  text.append(state == TransferState::Received ? ", which was received before"
                                               : ", whose object is gone");
  instance.report(Code::FA207, text, TagId::Untagged, bytes, 0, site);
}

TransferStats transfer_stats(const Instance& instance) noexcept {
  TransferStats stats;
  const auto add = [&stats](const TransferCounts& counts) {
    // In this order a transfer is never seen to end before it began.
    stats.transfers_completed += counts.completed.get();
    stats.transfers_dropped += counts.dropped.get();
    stats.bytes_transferred += static_cast<std::size_t>(counts.bytes.get());
  };
  const auto add_begun = [&stats](const TransferCounts& counts) {
    stats.transfers_initiated += counts.initiated.get();
  };
  const TransferCounts& strays = instance.services().stray_transfers();
  add(strays);
  for (const ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    add(s->transfers);
  }
  add_begun(strays);
  for (const ThreadState* s = instance.first_state(); s != nullptr; s = s->next_in_instance) {
    add_begun(s->transfers);
  }
  return stats;
}

}  // namespace framealloc::detail
