// SPDX-License-Identifier: MIT OR Apache-2.0
// What is recorded of each block while frees are verified, and what a bad free reports.
#include <framealloc/detail/pool/pool_thread.hpp>

namespace framealloc::detail {
namespace {

using ShortMessage = Text<512>;

void append_call_site(ShortMessage& message, const CallSite& site) noexcept {
  if (site.known()) {
    message.append("at ").append(site.file).append(":").append(site.line);
  } else if (site.function[0] != '\0') {
    message.append("in ").append(Text<96>(site.function));
  } else {
    message.append("at an unknown place");
  }
}

const char* name_of(AllocKind kind) noexcept { return kind == AllocKind::Pool ? "pool" : "heap"; }

BlockRecord& record_of(SlabHeader* slab, void* block) noexcept {
  const auto offset = static_cast<std::size_t>(static_cast<std::byte*>(block) - slab->block(0));
  return slab->records[offset / slab->block_size];
}

}  // namespace

void PoolThread::record_allocation(void* block, std::size_t size, const CallSite& site) noexcept {
  record_of(slab_of(block, shared_.page_mask_), block)
      .begin_life(site, size, shared_.frame_number_.load(std::memory_order_relaxed));
}

void PoolThread::record_resize(SlabHeader* slab, void* block, std::size_t size) noexcept {
  record_of(slab, block).size.store(static_cast<std::uint32_t>(size), std::memory_order_relaxed);
}

void PoolThread::report_wrong_kind(PoolShared& shared, const void* block, TagId tag, AllocKind is,
                                   AllocKind freed_as, const BlockRecord* record,
                                   const CallSite& site) noexcept {
  ShortMessage message;
  message.append("a ").append(name_of(is)).append(" block freed as a ").append(name_of(freed_as));
  message.append(" block");
  if (record != nullptr) {
    message.append("; allocated ");
    append_call_site(message, record->allocated_at.get());
  }
  shared.report(Code::FA006, message, tag, 0, 0, site, block);
}

void PoolThread::report_double_free(PoolShared& shared, const void* block, TagId tag,
                                    const BlockRecord* record, const CallSite& site) noexcept {
  ShortMessage message;
  if (record == nullptr) {
    message.append("double free of a block that is not in use");
  } else {
    message.append("double free of a block of ");
    message.append_bytes(record->size.load(std::memory_order_relaxed)).append(", first freed ");
    append_call_site(message, record->freed_at.get());
    message.append(", allocated ");
    append_call_site(message, record->allocated_at.get());
  }
  shared.report(Code::FA005, message, tag, 0, 0, site, block);
}

bool PoolThread::verify_free(PoolShared& shared, void* block, AllocKind kind,
                             const CallSite& site) noexcept {
  const auto refuse = [&](std::string_view message, TagId tag) {
    shared.report(Code::FA006, message, tag, 0, 0, site, block);
    return false;
  };
  if (!shared.pages_.owns(block)) {
    return refuse("the address is not of a block of this allocator", TagId::Untagged);
  }
  SlabHeader* const slab = slab_of(block, shared.page_mask_);
  if (slab->seal.load(std::memory_order_acquire) != SlabHeader::kSeal) {
    return refuse("the address lies in a page that holds no blocks any more", TagId::Untagged);
  }
  const auto address = reinterpret_cast<std::uintptr_t>(block);
  const auto first = reinterpret_cast<std::uintptr_t>(slab->block(0));
  if (address < first || (address - first) % slab->block_size != 0 ||
      (address - first) / slab->block_size >= slab->block_count) {
    return refuse("the address is not the start of a block", slab->tag);
  }
  BlockRecord& record = record_of(slab, block);
  if (slab->kind != kind) {
    report_wrong_kind(shared, block, slab->tag, slab->kind, kind, &record, site);
    return false;
  }
  if (record.try_end_life(site)) return true;
  if (record.state.load(std::memory_order_acquire) == BlockState::NeverUsed) {
    return refuse("the block was never given out", slab->tag);
  }
  report_double_free(shared, block, slab->tag, &record, site);
  return false;
}

}  // namespace framealloc::detail
