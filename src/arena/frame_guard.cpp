// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/arena/frame_guard.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/memory/kept_site.hpp>
#include "os/annotate.hpp"
#include "os/stack.hpp"
#include "os/virtual_memory.hpp"

#include "arena/fault_report.hpp"

#include <cstring>
#include <mutex>

namespace framealloc::detail {
namespace {

std::byte* as_bytes(std::uintptr_t address) noexcept {
  return reinterpret_cast<std::byte*>(address);
}

}  // namespace

FrameGuard::FrameGuard(const Setup& setup) noexcept
    : setup_(setup),
      // The header of a chunk stays accessible, so with pages it has one to itself.
      header_bytes_(setup.pages ? os::page_size() : ArenaChunk::kHeaderBytes),
      annotates_(!setup.pages && os::annotations_heard()),
      table_(*setup.metadata) {
  if (pages()) watch_frames(*this);
}

FrameGuard::~FrameGuard() {
  if (pages()) unwatch_frames(*this);
  expire(true);
}

void FrameGuard::open(ArenaChunk* chunk, std::uint64_t clock,
                      const std::atomic<std::uint64_t>& now) noexcept {
  chunk->header = static_cast<std::uint32_t>(header_bytes_);
  chunk->used = 0;
  chunk->guard_entry = pages() ? table_.add(*chunk, clock, now) : nullptr;
}

void FrameGuard::note(ArenaChunk* chunk, std::uintptr_t start, std::size_t size, TagId tag,
                      const CallSite& site) noexcept {
  if (annotates_) os::annotate_allowed(as_bytes(start), size);
  if (chunk->guard_entry == nullptr) return;
  FrameGuardRecord record;
  record.start =
      static_cast<std::uint32_t>((start - reinterpret_cast<std::uintptr_t>(chunk)) / kGranule);
  record.granules = static_cast<std::uint32_t>(size / kGranule);
  const CallSite kept = keep_site(site);
  record.file = kept.file;
  record.function = kept.function;
  record.line = kept.line;
  record.tag = tag;
  if (!site.known()) os::capture_stack(record.callers, FrameGuardRecord::kCallers);
  table_.note(*chunk->guard_entry, record);
}

void FrameGuard::note_extended(ArenaChunk* chunk, std::uintptr_t start, std::uintptr_t before,
                               std::uintptr_t end) noexcept {
  if (annotates_) os::annotate_allowed(as_bytes(before), end - before);
  FrameGuardBlock* const block = chunk->guard_entry == nullptr ? nullptr : chunk->guard_entry->last;
  if (block == nullptr || block->count.load(kRelaxed) == 0) return;
  FrameGuardRecord& record = block->records[block->count.load(kRelaxed) - 1];
  const std::uintptr_t first =
      reinterpret_cast<std::uintptr_t>(chunk) + std::uintptr_t{record.start} * kGranule;
  if (first == start) record.granules = static_cast<std::uint32_t>((end - start) / kGranule);
}

void FrameGuard::forbid(ArenaChunk* chunk, std::uintptr_t begin, std::uintptr_t end) noexcept {
  if (begin >= end) return;
  if (annotates_) return os::annotate_forbidden(as_bytes(begin), end - begin);
  if (pages()) {
    // What follows `end` in its page has not been handed out.
    const std::uintptr_t first = align_up(begin, header_bytes_);
    const std::uintptr_t limit = reinterpret_cast<std::uintptr_t>(chunk->end());
    const std::uintptr_t last =
        align_up(end, header_bytes_) < limit ? align_up(end, header_bytes_) : limit;
    if (first < last && source().protect(as_bytes(first), last - first, false)) {
      end = first < end ? first : end;
    }
  }
  std::memset(as_bytes(begin), kEnded, end - begin);
}

const std::byte* FrameGuard::find_change(const std::byte* begin, std::size_t size) noexcept {
  // All bytes equal the first and the first is the pattern: one pass of memcmp.
  if (size == 0) return nullptr;
  if (*begin == std::byte{kEnded} && std::memcmp(begin, begin + 1, size - 1) == 0) return nullptr;
  for (const std::byte* at = begin; at != begin + size; ++at) {
    if (*at != std::byte{kEnded}) return at;
  }
  return nullptr;
}

void FrameGuard::close_off(ArenaChunk* chunk) noexcept {
  // Bookkeeping memory was short: no record says whose memory it was or for how long.
  if (chunk->guard_entry == nullptr) return;
  chunk->guard_entry->state.store(FrameGuardEntry::State::Kept, std::memory_order_release);
  if (!source().protect(chunk->begin(), chunk->room(), false)) {
    std::memset(chunk->begin(), kEnded, chunk->room());
  }
}

void FrameGuard::keep(ArenaChunk* first) noexcept {
  if (first == nullptr) return;
  ArenaChunk* head = nullptr;
  ArenaChunk* last = nullptr;
  std::size_t bytes = 0;
  for (ArenaChunk* chunk = first; chunk != nullptr;) {
    ArenaChunk* const next = chunk->next;
    if (chunk->guard_entry == nullptr) {
      give_back(chunk);
    } else {
      if (chunk->guard_entry->state.load(kRelaxed) != FrameGuardEntry::State::Kept)
        close_off(chunk);
      bytes += chunk->bytes;
      chunk->next = nullptr;
      (head == nullptr ? head : last->next) = chunk;
      last = chunk;
    }
    chunk = next;
  }
  if (head != nullptr) {
    kept_bytes_.fetch_add(bytes, kRelaxed);
    const std::lock_guard guard(lock_);
    (oldest_ == nullptr ? oldest_ : newest_->next) = head;
    newest_ = last;
  }
  expire(false);
}

bool FrameGuard::old_enough(const FrameGuardEntry& entry) const noexcept {
  const std::uint64_t now = entry.now.load(kRelaxed)->load(kRelaxed);
  // The clock counts begins and ends: an open frame and the gap before it are one frame.
  return (now >> 1) > (entry.clock.load(kRelaxed) >> 1) + setup_.frames;
}

std::size_t FrameGuard::expire(bool all) noexcept {
  ArenaChunk* gone = nullptr;
  {
    const std::lock_guard guard(lock_);
    ArenaChunk** link = &oldest_;
    newest_ = nullptr;
    while (ArenaChunk* const chunk = *link) {
      if (!all && !old_enough(*chunk->guard_entry)) {
        newest_ = chunk;
        link = &chunk->next;
        continue;
      }
      *link = chunk->next;
      chunk->next = gone;
      gone = chunk;
    }
  }
  std::size_t bytes = 0;
  while (gone != nullptr) {
    ArenaChunk* const next = gone->next;
    bytes += gone->bytes;
    close(gone);
    give_back(gone);
    gone = next;
  }
  kept_bytes_.fetch_sub(bytes, kRelaxed);
  return bytes;
}

void FrameGuard::close(ArenaChunk* chunk) noexcept {
  if (annotates_) os::annotate_allowed(chunk->begin(), chunk->room());
  if (!pages()) return;
  source().protect(chunk->begin(), chunk->room(), true);
  if (chunk->guard_entry != nullptr) table_.remove(chunk->guard_entry);
  chunk->guard_entry = nullptr;
}

void FrameGuard::give_back(ArenaChunk* chunk) noexcept {
  if (chunk->bytes == setup_.chunks->chunk_size()) return setup_.chunks->release(chunk);
  setup_.chunks->release_run(chunk, chunk->bytes);
}

}  // namespace framealloc::detail
