// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/shared_ledger.hpp>

#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/memory/denial_text.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/limited_source.hpp>
#include <framealloc/detail/memory/pressure_monitor.hpp>
#include <framealloc/text.hpp>

#include <mutex>

namespace framealloc::detail {
namespace {

void* allocate_counters(void* metadata, std::size_t bytes) {
  return static_cast<MetadataAllocator*>(metadata)->allocate(bytes);
}

std::size_t held_by(const TagCounters& counters) noexcept {
  return static_cast<std::size_t>(counters.heap_bytes_in.get() - counters.heap_bytes_out.get());
}

constinit const std::atomic<FrameEventMask> kNoKinds{0};

}  // namespace

SharedLedger::SharedLedger(const AllocatorContext& context) noexcept
    : context_(context),
      wanted_(context.events != nullptr ? &context.events->wanted() : &kNoKinds),
      by_tag_(&allocate_counters, &context.metadata) {}

void SharedLedger::settle() noexcept {
  if (context_.pressure != nullptr) context_.pressure->settle();
}

bool SharedLedger::count_in(TagId tag, std::size_t bytes, std::size_t carried,
                            Denial* denial) noexcept {
  if (!charge(tag, bytes - carried, denial)) return false;
  const std::lock_guard guard(lock_);
  note_in(tag, bytes);
  return true;
}

void SharedLedger::count_out(TagId tag, std::size_t bytes, std::size_t carried) noexcept {
  {
    const std::lock_guard guard(lock_);
    note_out(tag, bytes);
  }
  uncharge(tag, bytes - carried);
}

// Counts kept elsewhere belong to the ledger, whichever function reads it.
void SharedLedger::hear_counts() const noexcept {
  if (tell_counts_ != nullptr) tell_counts_(tell_context_, const_cast<SharedLedger&>(*this));
}

std::size_t SharedLedger::bytes_in_use() const noexcept {
  const std::lock_guard guard(lock_);
  hear_counts();
  return bytes_.get();
}

std::uint64_t SharedLedger::blocks_in_use() const noexcept {
  const std::lock_guard guard(lock_);
  hear_counts();
  return blocks_.get();
}

std::size_t SharedLedger::bytes_of(TagId tag) const noexcept {
  const std::lock_guard guard(lock_);
  hear_counts();
  const TagCounters* const counters = by_tag_.find(tag);
  return counters == nullptr ? 0 : held_by(*counters);
}

LedgerTotals SharedLedger::totals(const TagId* only) const noexcept {
  LedgerTotals sum;
  const auto add = [&sum](const TagCounters& counters) {
    sum.bytes += held_by(counters);
    sum.bytes_total += counters.heap_bytes_in.get();
    sum.allocations += counters.heap_allocations.get();
    sum.frees += counters.heap_frees.get();
  };
  const std::lock_guard guard(lock_);
  hear_counts();
  if (only == nullptr) {
    by_tag_.visit_block_users(add);
  } else if (const TagCounters* const counters = by_tag_.find(*only)) {
    add(*counters);
  }
  return sum;
}

TagId SharedLedger::holder_of_most(std::size_t* bytes) const noexcept {
  *bytes = 0;
  TagId holder = TagId::Untagged;
  const std::size_t tags = context_.tags.size();
  const std::lock_guard guard(lock_);
  hear_counts();
  for (std::size_t i = 0; i < tags; ++i) {
    const auto tag = static_cast<TagId>(i);
    const TagCounters* const counters = by_tag_.find(tag);
    const std::size_t held = counters == nullptr ? 0 : held_by(*counters);
    if (held <= *bytes) continue;
    *bytes = held;
    holder = tag;
  }
  return holder;
}

void SharedLedger::emit(const FrameEvent& event, TagId tag) const noexcept {
  context_.events->emit(event, tag);
}

void SharedLedger::report(Code code, std::string_view message, TagId tag, std::size_t requested,
                          std::size_t available, const void* address,
                          const CallSite& site) const noexcept {
  const TagPath path = context_.tags.path(tag);
  Report report;
  report.code = code;
  report.message = message;
  report.tag = path.view();
  report.frame = context_.frame_number.load(std::memory_order_relaxed);
  report.requested = requested;
  report.available = available;
  report.address = address;
  report.site = site;
  context_.sink.report(report);
}

void SharedLedger::refuse(const Denial& denial, TagId tag, std::size_t bytes, const CallSite& site,
                          Denial* why) const noexcept {
  Denial::store(why, denial);
  report_denial(context_.sink, denial, tag, bytes, site,
                context_.frame_number.load(std::memory_order_relaxed),
                {context_.tags, context_.budgets, context_.limited_source});
}

void SharedLedger::refuse_memory(TagId tag, std::size_t bytes, bool denied_by_limit,
                                 const CallSite& site, Denial* why) const noexcept {
  refuse(denial_of_memory(context_.limited_source, denied_by_limit), tag, bytes, site, why);
}

}  // namespace framealloc::detail
