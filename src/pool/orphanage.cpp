// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/orphanage.hpp>

namespace framealloc::detail {

std::size_t Orphanage::bucket_of(AllocKind kind, TagId tag, std::size_t class_index) noexcept {
  const auto hash =
      static_cast<std::size_t>(tag) * 37 + class_index * 3 + static_cast<std::size_t>(kind);
  return hash % kBuckets;
}

SlabHeader*& Orphanage::head_for(SlabHeader* slab) noexcept {
  return slab->place == SlabPlace::Full
             ? full_
             : usable_[bucket_of(slab->kind, slab->tag, slab->class_index)];
}

void Orphanage::link(SlabHeader* slab) noexcept {
  slab->place = slab->proper_place();
  SlabHeader*& head = head_for(slab);
  slab->previous = nullptr;
  slab->next = head;
  if (head != nullptr) head->previous = slab;
  head = slab;
}

void Orphanage::unlink(SlabHeader* slab) noexcept {
  if (slab->previous != nullptr) {
    slab->previous->next = slab->next;
  } else {
    head_for(slab) = slab->next;
  }
  if (slab->next != nullptr) slab->next->previous = slab->previous;
}

void Orphanage::take_in(SlabHeader* slab) noexcept {
  slab->open_to(nullptr, 0);
  slab->list = nullptr;
  slab->owner.store(nullptr, std::memory_order_release);
  link(slab);
  size_.fetch_add(1, std::memory_order_relaxed);
}

bool Orphanage::return_to_page(SlabHeader* slab, void* block) noexcept {
  slab->return_to_page(block);
  if (slab->proper_place() == SlabPlace::Empty) {
    unlink(slab);
    size_.fetch_sub(1, std::memory_order_relaxed);
    return true;
  }
  if (slab->place == SlabPlace::Full) {
    unlink(slab);
    link(slab);
  }
  return false;
}

SlabHeader* Orphanage::adopt(AllocKind kind, TagId tag, std::size_t class_index,
                             PoolThread* owner) noexcept {
  SlabHeader* slab = usable_[bucket_of(kind, tag, class_index)];
  while (slab != nullptr &&
         (slab->kind != kind || slab->tag != tag || slab->class_index != class_index)) {
    slab = slab->next;
  }
  if (slab == nullptr) return nullptr;
  unlink(slab);
  size_.fetch_sub(1, std::memory_order_relaxed);
  // A thread that frees a block of the slab need not know its new owner: the inbox takes the block.
  slab->owner.store(owner, std::memory_order_release);
  return slab;
}

}  // namespace framealloc::detail
