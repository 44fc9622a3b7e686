// SPDX-License-Identifier: MIT OR Apache-2.0
// What lies where in the blocks of rings.
#include "ring/ring_store.hpp"

#include <mutex>

namespace framealloc::gpu::detail {

namespace {

struct Walk {
  const RingSet* set;
  const RingBlock* block;
  TransientVisitor visitor;
  void* context;

  [[nodiscard]] const RingPage* page_at(std::uint64_t offset, bool& waiting) const noexcept {
    for (waiting = false;; waiting = true) {
      for (const RingPage* page = waiting ? set->waiting : set->in_frame; page != nullptr;
           page = page->next)
        if (page->block == block && page->begin() == offset) return page;
      if (waiting) return nullptr;
    }
  }
  void tell(TransientView::Kind kind, std::uint64_t offset, std::uint64_t size,
            const RingPage* page) const noexcept {
    if (size == 0) return;
    TransientView view;
    view.kind = kind;
    view.type = block->type;
    view.intent = set->intent;
    view.frames = set->frames;
    view.memory = block->memory.handle;
    view.offset = static_cast<std::size_t>(offset);
    view.size = static_cast<std::size_t>(size);
    if (page != nullptr) {
      view.handed_out = page->used;
      view.tag = page->runs->tag;
      view.frame = page->last_frame + 1 - set->frames;
    }
    visitor(view, context);
  }
  void region(std::uint64_t offset, std::uint64_t size, bool used) const noexcept {
    using Kind = TransientView::Kind;
    bool waiting = false;
    const RingPage* const page = used ? page_at(offset, waiting) : nullptr;
    if (page == nullptr) return tell(used ? Kind::Padding : Kind::Free, offset, size, nullptr);
    tell(waiting ? Kind::Retired : Kind::Used, offset, page->extent, page);
    tell(page->open ? Kind::Free : Kind::Padding, offset + page->extent, size - page->extent, page);
  }
};

}  // namespace

void RingStore::visit(TransientVisitor visitor, void* context) noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (const RingSet* set = sets_; set != nullptr; set = set->next) {
    for (const RingBlock* block = set->blocks; block != nullptr; block = block->next) {
      Walk walk{set, block, visitor, context};
      walk.tell(TransientView::Kind::Block, 0, block->memory_size, nullptr);
      block->pages.visit([](std::uint64_t offset, std::uint64_t size, bool used,
                            void* at) { static_cast<const Walk*>(at)->region(offset, size, used); },
                         &walk);
      walk.tell(TransientView::Kind::Padding, block->size, block->memory_size - block->size,
                nullptr);
    }
  }
}

}  // namespace framealloc::gpu::detail
