// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/shared_account.hpp>

#include <framealloc/detail/memory/denial_text.hpp>
#include <framealloc/text.hpp>

#include <mutex>

namespace framealloc::detail {
namespace {

void* allocate_counters(void* metadata, std::size_t bytes) {
  return static_cast<Metadata*>(metadata)->allocate(bytes);
}

std::size_t held_by(const TagCounters& counters) noexcept {
  return static_cast<std::size_t>(counters.heap_bytes_in.get() - counters.heap_bytes_out.get());
}

}  // namespace

SharedAccount::SharedAccount(const AccountHost& host) noexcept
    : host_(host), ledger_(&allocate_counters, &host.metadata) {}

bool SharedAccount::count_in(TagId tag, std::size_t bytes, std::size_t carried,
                             Denial* denial) noexcept {
  if (!charge(tag, bytes - carried, denial)) return false;
  const std::lock_guard guard(lock_);
  note_in(tag, bytes);
  return true;
}

void SharedAccount::count_out(TagId tag, std::size_t bytes, std::size_t carried) noexcept {
  {
    const std::lock_guard guard(lock_);
    note_out(tag, bytes);
  }
  uncharge(tag, bytes - carried);
}

std::size_t SharedAccount::bytes_of(TagId tag) const noexcept {
  const std::lock_guard guard(lock_);
  const TagCounters* const counters = ledger_.find(tag);
  return counters == nullptr ? 0 : held_by(*counters);
}

AccountTotals SharedAccount::totals(const TagId* only) const noexcept {
  AccountTotals sum;
  const auto add = [&sum](const TagCounters& counters) {
    sum.bytes += held_by(counters);
    sum.bytes_total += counters.heap_bytes_in.get();
    sum.allocations += counters.heap_allocations.get();
    sum.frees += counters.heap_frees.get();
  };
  const std::lock_guard guard(lock_);
  if (only == nullptr) {
    ledger_.visit_used(add);
  } else if (const TagCounters* const counters = ledger_.find(*only)) {
    add(*counters);
  }
  return sum;
}

TagId SharedAccount::holder_of_most(std::size_t* bytes) const noexcept {
  *bytes = 0;
  TagId holder = TagId::Untagged;
  const std::size_t tags = host_.tags.size();
  const std::lock_guard guard(lock_);
  for (std::size_t i = 0; i < tags; ++i) {
    const auto tag = static_cast<TagId>(i);
    const TagCounters* const counters = ledger_.find(tag);
    const std::size_t held = counters == nullptr ? 0 : held_by(*counters);
    if (held <= *bytes) continue;
    *bytes = held;
    holder = tag;
  }
  return holder;
}

void SharedAccount::tell(const FrameEvent& event, TagId tag) const noexcept {
  host_.events->emit(event, tag);
}

void SharedAccount::report(Code code, std::string_view message, TagId tag, std::size_t requested,
                           std::size_t available, const void* address,
                           const CallSite& site) const noexcept {
  const TagPath path = host_.tags.path(tag);
  Report report;
  report.code = code;
  report.message = message;
  report.tag = path.view();
  report.frame = host_.frame_number.load(std::memory_order_relaxed);
  report.requested = requested;
  report.available = available;
  report.address = address;
  report.site = site;
  host_.sink.emit(report);
}

void SharedAccount::refuse(const Denial& denial, TagId tag, std::size_t bytes, const CallSite& site,
                           Denial* why) const noexcept {
  Denial::tell(why, denial);
  report_denial(host_.sink, denial, tag, bytes, site,
                host_.frame_number.load(std::memory_order_relaxed),
                {host_.tags, host_.budgets, host_.supply});
}

void SharedAccount::refuse_memory(TagId tag, std::size_t bytes, bool denied_by_limit,
                                  const CallSite& site, Denial* why) const noexcept {
  refuse(denial_of_memory(host_.supply, denied_by_limit), tag, bytes, site, why);
}

}  // namespace framealloc::detail
