// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/arena/scratch_segment.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/denial_text.hpp>

#include <new>

namespace framealloc::detail {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kMostMetadata = std::size_t{16} << 10;

struct Memory {
  void* address = nullptr;
  std::size_t bytes = 0;
  ScratchSegment::Origin origin = ScratchSegment::Origin::Metadata;
};

Memory take(const AllocatorContext& context, std::size_t bytes, bool* denied_by_limit) noexcept {
  using Origin = ScratchSegment::Origin;
  if (bytes <= kMostMetadata) {
    // It does not say why it has nothing; a limit that leaves nothing is the reason it can name.
    void* const block = context.metadata.allocate(bytes);
    *denied_by_limit = block == nullptr && context.metadata.limit_is_reached();
    return {block, bytes, Origin::Metadata};
  }
  const std::size_t chunk = context.chunks.chunk_size();
  if (bytes <= chunk - chunk / 4) {
    const std::size_t pages = align_up(bytes, kPage);
    void* memory = context.limited_source.acquire(pages, kPage, denied_by_limit);
    // Idle chunks count against the limit, and may be what the source lacks.
    if (memory == nullptr && context.chunks.trim() != 0) {
      memory = context.limited_source.acquire(pages, kPage, denied_by_limit);
    }
    return {memory, pages, Origin::Source};
  }
  std::size_t run = 0;
  void* const memory = context.chunks.acquire_run(bytes, &run, denied_by_limit);
  return {memory, run, Origin::Run};
}

void give(const AllocatorContext& context, const Memory& memory) noexcept {
  switch (memory.origin) {
    case ScratchSegment::Origin::Metadata:
      return context.metadata.deallocate(memory.address, memory.bytes);
    case ScratchSegment::Origin::Source:
      return context.limited_source.release(memory.address, memory.bytes, kPage);
    case ScratchSegment::Origin::Run:
      return context.chunks.release_run(memory.address, memory.bytes);
  }
}

}  // namespace

ScratchSegment* ScratchSegment::acquire(SharedLedger& ledger, TagId tag, std::size_t bytes,
                                        bool report, const CallSite& site, Denial* why) noexcept {
  bool denied_by_limit = false;
  Memory memory;
  (void)ledger.take_memory(kHeader + bytes, &denied_by_limit, [&](bool* by_limit) {
    memory = take(ledger.context(), kHeader + bytes, by_limit);
    return memory.address;
  });
  if (memory.address == nullptr) {
    const Denial denial = denial_of_memory(ledger.context().limited_source, denied_by_limit);
    Denial::store(why, denial);
    if (report) ledger.refuse(denial, tag, bytes, site);
    return nullptr;
  }
  Denial denial;
  if (!ledger.count_in(tag, memory.bytes, 0, &denial)) {
    give(ledger.context(), memory);
    Denial::store(why, denial);
    if (report) ledger.refuse(denial, tag, bytes, site);
    return nullptr;
  }
  ledger.settle();
  return ::new (memory.address) ScratchSegment{nullptr, bytes, memory.bytes, memory.origin};
}

std::size_t ScratchSegment::release(SharedLedger& ledger, TagId tag,
                                    ScratchSegment* first) noexcept {
  std::size_t released = 0;
  while (first != nullptr) {
    const Memory memory{first, first->held, first->origin};
    first = first->next;
    ledger.count_out(tag, memory.bytes);
    give(ledger.context(), memory);
    released += memory.bytes;
  }
  return released;
}

}  // namespace framealloc::detail
