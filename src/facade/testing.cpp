// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/testing.hpp>

#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/instance.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace framealloc::testing {
namespace {

constinit detail::SpinLock handler_lock;
constinit FailureHandler failure_handler = nullptr;
constinit void* failure_context = nullptr;

bool counts_frame_calls(const SmartAlloc& alloc) noexcept {
  const detail::Instance* const instance = detail::HandleAccess::instance(alloc);
  return instance != nullptr &&
         (instance->modes().load(std::memory_order_relaxed) & detail::kCountCalls) != 0;
}

std::string bytes_text(std::size_t bytes) {
  return std::string(Text<64>().append_bytes(bytes).view());
}

std::string tag_text(const std::string& path) {
  return path.empty() ? std::string("untagged") : "tag '" + path + "'";
}

std::string plural(std::uint64_t count, std::string_view noun) {
  std::string text = std::to_string(count) + " " + std::string(noun);
  if (count != 1) text += 's';
  return text;
}

}  // namespace

void report_failure(std::string_view message, const CallSite& site) {
  FailureHandler handler = nullptr;
  void* context = nullptr;
  {
    const std::lock_guard lock(handler_lock);
    handler = failure_handler;
    context = failure_context;
  }
  if (handler != nullptr) return handler(message, site, context);
  std::fprintf(stderr, "[framealloc] %s:%u: %.*s\n", site.file, static_cast<unsigned>(site.line),
               static_cast<int>(message.size()), message.data());
  std::fflush(stderr);
  std::abort();
}

void set_failure_handler(FailureHandler handler, void* context) noexcept {
  const std::lock_guard lock(handler_lock);
  failure_handler = handler;
  failure_context = context;
}

NoAllocationsInScope::NoAllocationsInScope(const SmartAlloc& alloc, CallSite site)
    : alloc_(alloc), site_(site), counted_before_(counts_frame_calls(alloc)) {
  alloc_.count_frame_allocations(true);
  before_ = read();
}

NoAllocationsInScope::~NoAllocationsInScope() {
  if (count() > told_) report_failure(message(), site_);
  alloc_.count_frame_allocations(counted_before_);
}

NoAllocationsInScope::Totals NoAllocationsInScope::read() const {
  Totals totals;
  if (!alloc_) return totals;
  const detail::Instance& instance = *detail::HandleAccess::instance(alloc_);
  totals.calls = alloc_.stats().allocation_count;
  for (const detail::ThreadState* s = instance.first_state(); s != nullptr;
       s = s->next_in_instance) {
    totals.frame_calls += s->frame_calls();
  }
  totals.tags = alloc_.all_tag_stats();
  return totals;
}

std::size_t NoAllocationsInScope::bytes_between(const Totals& before, const Totals& after) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < after.tags.size(); ++i) {
    const std::size_t had = i < before.tags.size() ? before.tags[i].bytes_allocated : 0;
    bytes += after.tags[i].bytes_allocated - had;
  }
  return bytes;
}

std::uint64_t NoAllocationsInScope::count() const {
  return alloc_.stats().allocation_count - before_.calls;
}

bool NoAllocationsInScope::none() const {
  told_ = count();
  return told_ == 0;
}

std::uint64_t NoAllocationsInScope::frame_calls() const {
  return read().frame_calls - before_.frame_calls;
}

std::size_t NoAllocationsInScope::bytes() const { return bytes_between(before_, read()); }

std::string NoAllocationsInScope::message() const {
  const Totals now = read();
  const std::uint64_t calls = now.calls - before_.calls;
  if (calls == 0) return "no allocations";
  const std::uint64_t frame = now.frame_calls - before_.frame_calls;
  std::string text = plural(calls, "allocation") + " in a scope that allows none: ";
  text += std::to_string(frame) + " of the frame, " + std::to_string(calls - frame);
  text += " of pool, heap and others; " + bytes_text(bytes_between(before_, now));
  for (std::size_t i = 0; i < now.tags.size(); ++i) {
    const TagStats& tag = now.tags[i];
    const TagStats had = i < before_.tags.size() ? before_.tags[i] : TagStats{};
    const std::size_t bytes = tag.bytes_allocated - had.bytes_allocated;
    if (bytes == 0) continue;
    text += "\n  " + tag_text(tag.tag) + ": " + bytes_text(bytes);
    const std::uint64_t lasting = tag.allocation_count - had.allocation_count;
    if (lasting != 0) text += ", " + plural(lasting, "call") + " of pool, heap and others";
  }
  return text;
}

ExpectFrameBytesBelow::ExpectFrameBytesBelow(const SmartAlloc& alloc, std::size_t limit,
                                             CallSite site)
    : alloc_(alloc), limit_(limit), site_(site) {}

ExpectFrameBytesBelow::~ExpectFrameBytesBelow() {
  if (!asked_ && bytes() >= limit_) report_failure(message(), site_);
}

std::size_t ExpectFrameBytesBelow::bytes() const { return alloc_.frame_stats().peak_bytes; }

bool ExpectFrameBytesBelow::holds() const {
  asked_ = true;
  return bytes() < limit_;
}

std::string ExpectFrameBytesBelow::message() const {
  const FrameStats frame = alloc_.frame_stats();
  std::string text = "frame " + std::to_string(frame.frame_number) + " held ";
  text += bytes_text(frame.peak_bytes) + " at once, expected fewer than " + bytes_text(limit_);
  std::vector<TagStats> tags = alloc_.all_tag_stats();
  std::ranges::sort(tags, [](const TagStats& x, const TagStats& y) {
    return x.frame_bytes != y.frame_bytes ? x.frame_bytes > y.frame_bytes : x.tag < y.tag;
  });
  constexpr std::size_t kShown = 5;
  for (std::size_t i = 0; i < tags.size() && i < kShown && tags[i].frame_bytes != 0; ++i) {
    text += "\n  " + tag_text(tags[i].tag) + ": " + bytes_text(tags[i].frame_bytes);
  }
  return text;
}

}  // namespace framealloc::testing
