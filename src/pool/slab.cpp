// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/slab.hpp>

namespace framealloc::detail {

void link_slab(ClassList& list, SlabHeader* slab) noexcept {
  slab->place = slab->proper_place();
  SlabHeader*& head = list.slabs[static_cast<std::size_t>(slab->place)];
  slab->previous = nullptr;
  slab->next = head;
  if (head != nullptr) head->previous = slab;
  head = slab;
  list.returned_blocks.add(slab->returned_count);
}

void unlink_slab(ClassList& list, SlabHeader* slab) noexcept {
  if (slab->previous != nullptr) {
    slab->previous->next = slab->next;
  } else {
    list.slabs[static_cast<std::size_t>(slab->place)] = slab->next;
  }
  if (slab->next != nullptr) slab->next->previous = slab->previous;
  list.returned_blocks.sub(slab->returned_count);
}

void replace_slab(ClassList& list, SlabHeader* slab) noexcept {
  if (slab->proper_place() == slab->place) return;
  unlink_slab(list, slab);
  link_slab(list, slab);
}

}  // namespace framealloc::detail
