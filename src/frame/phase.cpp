// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/frame/phase.hpp>

#include <framealloc/detail/base/relaxed.hpp>

#include <cstring>
#include <mutex>

namespace framealloc::detail {

namespace {
void raise_to(std::atomic<std::uint64_t>& most, std::uint64_t value) noexcept {
  std::uint64_t seen = most.load(kRelaxed);
  while (seen < value && !most.compare_exchange_weak(seen, value, kRelaxed)) {
  }
}
}  // namespace

std::uint32_t PhaseTable::intern(std::string_view name) noexcept {
  const std::uint32_t known = size();
  for (std::uint32_t id = 1; id < known; ++id) {
    if (this->name(id) == name) return id;
  }
  const std::lock_guard lock(lock_);
  const std::uint32_t count = size_.load(kRelaxed);
  for (std::uint32_t id = known; id < count; ++id) {
    if (this->name(id) == name) return id;
  }
  if (count == kMaxPhases || name.size() > kNameBytes - names_used_) return 0;
  char* home = names_ + names_used_;
  std::memcpy(home, name.data(), name.size());
  names_used_ += name.size();
  entries_[count].name = home;
  entries_[count].length = name.size();
  size_.store(count + 1, std::memory_order_release);
  return count;
}

std::string_view PhaseTable::name(std::uint32_t id) const noexcept {
  if (id == 0) return "(other phases)";
  return {entries_[id].name, entries_[id].length};
}

void PhaseTable::add(std::uint32_t id, std::uint64_t frame, std::uint64_t bytes,
                     std::uint64_t calls, std::uint64_t ns) noexcept {
  Entry& entry = entries_[id];
  entry.count.fetch_add(1, kRelaxed);
  entry.bytes.fetch_add(bytes, kRelaxed);
  entry.calls.fetch_add(calls, kRelaxed);
  entry.ns.fetch_add(ns, kRelaxed);
  raise_to(entry.max_ns, ns);
  // The first to add in a new frame starts the frame's sums again.
  std::uint64_t seen = entry.frame.load(kRelaxed);
  if (seen != frame && entry.frame.compare_exchange_strong(seen, frame, kRelaxed)) {
    entry.frame_bytes.store(0, kRelaxed);
    entry.frame_ns.store(0, kRelaxed);
  }
  entry.frame_ns.fetch_add(ns, kRelaxed);
  raise_to(entry.peak_frame_bytes, entry.frame_bytes.fetch_add(bytes, kRelaxed) + bytes);
}

PhaseStats PhaseTable::stats(std::uint32_t id) const {
  const Entry& entry = entries_[id];
  PhaseStats stats;
  stats.name = name(id);
  stats.count = entry.count.load(kRelaxed);
  stats.bytes_allocated = entry.bytes.load(kRelaxed);
  stats.last_frame_bytes = entry.frame_bytes.load(kRelaxed);
  stats.peak_frame_bytes = entry.peak_frame_bytes.load(kRelaxed);
  stats.allocation_count = entry.calls.load(kRelaxed);
  stats.total_ns = entry.ns.load(kRelaxed);
  stats.max_ns = entry.max_ns.load(kRelaxed);
  stats.last_frame_ns = entry.frame_ns.load(kRelaxed);
  return stats;
}

}  // namespace framealloc::detail
