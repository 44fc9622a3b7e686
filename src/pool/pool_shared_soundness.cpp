// SPDX-License-Identifier: MIT OR Apache-2.0
// States of the pool that cannot be: only a fault of the library, or memory that the program wrote
// over, makes them. A broken slab is taken out of use, so the program can continue.
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>

namespace framealloc::detail {
namespace {

std::uint64_t bin_key_of(std::size_t class_index, TagId tag, AllocKind kind) noexcept {
  return (std::uint64_t{class_index} << 32) | (static_cast<std::uint64_t>(tag) << 8) |
         static_cast<std::uint64_t>(kind);
}

// The first field of a header that is not as it must be.
struct Expectation {
  const char* field = nullptr;
  std::size_t found = 0;
  std::size_t expected = 0;

  void expect(const char* name, std::size_t is, std::size_t should) noexcept {
    if (field == nullptr && is != should) *this = {name, is, should};
  }
};

}  // namespace

bool PoolShared::is_sound(const SlabHeader& slab) noexcept {
  Expectation header;
  header.expect("seal", slab.seal.load(kRelaxed), SlabHeader::kSeal);
  const bool known = slab.class_index < classes_.size();
  const SizeClass& layout = classes_[known ? slab.class_index : 0];
  header.expect("size class", slab.class_index, known ? slab.class_index : classes_.size() - 1);
  // A guard mode gives the first block up.
  const std::uint32_t given_up = guard_ != nullptr && layout.block_count > 1 ? 1 : 0;
  header.expect("block size", slab.block_size, layout.block_size);
  header.expect("block count", slab.block_count, layout.block_count - given_up);
  header.expect("first block", slab.first_offset,
                layout.first_offset + given_up * layout.block_size);
  header.expect("bin key", slab.bin_key, bin_key_of(slab.class_index, slab.tag, slab.kind));
  header.expect("tag", static_cast<std::size_t>(slab.tag) < tags_.size(), 1);
  const auto address = reinterpret_cast<std::uintptr_t>(&slab);
  // The region stands first in the descriptor.
  header.expect("chunk", reinterpret_cast<std::uintptr_t>(slab.chunk),
                reinterpret_cast<std::uintptr_t>(registry_.find(address & chunk_mask_)));
  header.expect("returned blocks beyond those ever used", slab.returned_count > slab.carved, 0);
  header.expect("used blocks beyond its blocks", slab.carved > slab.block_count, 0);
  header.expect("way of its frees", slab.ready.load(kRelaxed) != nullptr,
                slab.owner_word.load(kRelaxed) != 0);
  if (header.field == nullptr) [[likely]]
    return true;
  Text<256> message("the header of a page of blocks contradicts itself: ");
  message.append(header.field).append(" is ").append_hex(header.found).append(", expected ");
  message.append_hex(header.expected);
  message.append("; the page is not used any more");
  // The tag may be as wrong as the rest.
  limited_source_.corruption().note(message, &slab);
  return false;
}

bool PoolShared::is_block(const SlabHeader& slab, const void* address) const noexcept {
  const std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(address) -
                                reinterpret_cast<std::uintptr_t>(&slab) - slab.first_offset;
  return offset / slab.block_size < slab.carved && offset % slab.block_size == 0;
}

void PoolShared::note_chain(std::string_view which, std::size_t block_size, TagId tag,
                            const FreeBlock* block, std::uint64_t count) noexcept {
  Text<256> message("the list of ");
  message.append(which).append(" blocks of ").append(block_size).append(" B leads from ");
  message.append_hex(reinterpret_cast<std::uintptr_t>(block)).append(" to ");
  message.append_hex(reinterpret_cast<std::uintptr_t>(block->next));
  if (count > 1) {
    message.append(", expected ").append(count - 1).append(" more blocks");
  } else {
    message.append(", expected its end");
  }
  message.append("; somebody writes to a block that was freed");
  limited_source_.corruption().note(message, block, tag);
}

bool PoolShared::returned_are_sound(const SlabHeader& slab) noexcept {
  const FreeBlock* const next = slab.returned->next;
  const bool ends = slab.returned_count <= 1;
  if (slab.returned_count != 0 && ends == (next == nullptr) && (ends || is_block(slab, next))) {
    return true;
  }
  note_chain("idle", slab.block_size, slab.tag, slab.returned, slab.returned_count);
  return false;
}

FreeBlock* PoolShared::next_ready(const ClassList& list, FreeBlock* first,
                                  std::uint64_t count) noexcept {
  FreeBlock* const next = first->next;
  const std::uint64_t bin_key = bin_key_of(list.class_index, list.table->tag, list.table->kind);
  bool sound = (next == nullptr) == (count == 1);
  if (sound && next != nullptr) {
    const SlabHeader* const slab = slab_of(next, page_mask_);
    // A page that another block of the list lies in is ours; elsewhere it has to be asked.
    sound = (slab == slab_of(first, page_mask_) || pages_.owns(next)) &&
            slab->seal.load(kRelaxed) == SlabHeader::kSeal && slab->bin_key == bin_key &&
            is_block(*slab, next);
  }
  if (sound) [[likely]]
    return next;
  note_chain("free", list.block_size, list.table->tag, first, count);
  return nullptr;
}

FreeBlock* PoolThread::after_verified(ClassList& list) noexcept {
  const std::uint64_t ready = list.ready();
  FreeBlock* const next = shared_.next_ready(list, list.free, ready);
  if (next == nullptr && ready > 1) [[unlikely]] {
    // What it led to is lost: neither ready nor charged.
    list.linked.sub(ready - 1);
    if (list.table->kind == AllocKind::Pool) away_bytes_.sub((ready - 1) * list.block_size);
    shared_.uncharge(list.table->tag, (ready - 1) * list.block_size);
  }
  return next;
}

void PoolShared::check_slab(const SlabHeader& slab) noexcept {
  if (!is_sound(slab) || !checked_) return;
  FreeBlock* block = slab.returned;
  std::uint32_t left = slab.returned_count;
  for (; block != nullptr && left != 0; block = block->next, --left) {
    if ((left == 1) == (block->next == nullptr) && (left == 1 || is_block(slab, block->next))) {
      continue;
    }
    return note_chain("idle", slab.block_size, slab.tag, block, left);
  }
}

void PoolShared::check_lists(const PoolThread& thread) noexcept {
  thread.visit_lists([this](const ClassList& list) {
    std::uint64_t left = list.ready();
    FreeBlock* block = list.free;
    for (; block != nullptr && left != 0; --left) block = next_ready(list, block, left);
  });
}

void PoolShared::check_structures() noexcept {
  pages_.for_each_page([this](SlabHeader& slab) { check_slab(slab); });
  const PoolThread* thread = checked_ ? threads_.load(std::memory_order_acquire) : nullptr;
  for (; thread != nullptr; thread = thread->next_) check_lists(*thread);
  report_corruption();
}

void PoolShared::report_noted_corruption(const CallSite& site) noexcept {
  Corruption found;
  if (!limited_source_.corruption().take(found)) return;
  Text<320> message(found.message.view());
  if (found.more != 0) message.append(" (and ").append(found.more).append(" more like it)");
  report(Code::FA009, message, found.tag, 0, 0, site, found.address);
}

}  // namespace framealloc::detail
