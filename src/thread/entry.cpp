// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/entry.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include "thread/fast_path.hpp"

#include <algorithm>
#include <cstring>

namespace framealloc::detail {
namespace {

// No memory for the records of the thread, which has been reported.
void* refuse_thread(Denial* why) noexcept {
  Denial::store(why, {Code::FA012});
  return nullptr;
}

}  // namespace

void* pool_allocate(Instance& instance, std::size_t size, std::size_t alignment,
                    const CallSite& site, Denial* why) noexcept {
  if (void* const ready = try_pool_pop(instance, size, alignment)) return ready;
  ThreadState* mine = instance.state();
  if (mine == nullptr) return refuse_thread(why);
  mine->show_pool();  // before a recall is answered, so that one that comes meanwhile is not lost
  return mine->pools().allocate(size, alignment, AllocKind::Pool, site, why);
}

void pool_free(Instance& instance, void* block, std::size_t size, std::size_t alignment,
               const CallSite& site) noexcept {
  if (block == nullptr) return;
  if (try_pool_push(instance, block, size, alignment)) return;
  pool_free_slow(instance, block, size, alignment, site);
}

void pool_free_slow(Instance& instance, void* block, std::size_t size, std::size_t alignment,
                    const CallSite& site) noexcept {
  if (block == nullptr) return;
  ThreadState* const mine = instance.state_to_free();
  PoolThread* const pools = mine != nullptr ? &mine->pools() : nullptr;
  // Where frees are verified nothing is known of the block yet.
  if (is_slab_request(size, alignment) && !instance.pools().checked()) {
    return PoolThread::free_slab_block(instance.pools(), pools, block, AllocKind::Pool, site);
  }
  PoolThread::free(instance.pools(), pools, block, AllocKind::Pool, site);
}

void* heap_allocate(Instance& instance, std::size_t size, std::size_t alignment,
                    const CallSite& site, Denial* why) noexcept {
  if (void* const ready = try_heap_pop(instance, size, alignment)) return ready;
  ThreadState* mine = instance.state();
  if (mine == nullptr) return refuse_thread(why);
  mine->show_pool();
  return instance.heap().allocate(mine->pools(), size, alignment, site, why);
}

void* heap_allocate_as(Instance& instance, TagId tag, std::size_t size, std::size_t alignment,
                       const CallSite& site) noexcept {
  if (!is_power_of_two(alignment)) return refuse_alignment(instance, size, alignment, site);
  ThreadState* const mine = instance.state();
  if (mine == nullptr) return nullptr;
  PoolThread& pools = mine->pools();
  tag = instance.tags().known(tag);
  const bool noted = pools.note_heap_tag(tag);
  if (noted) {
    if (void* const ready = try_heap_pop_as(mine, tag, size, alignment).block) return ready;
  }
  void* block = nullptr;
  if (tag == mine->tag()) {
    block = heap_allocate(instance, size, alignment, site);
  } else {
    // Not the thread's own tag: that would cost the frame arena its short way.
    mine->show_pool();
    (void)pools.select(tag);
    block = instance.heap().allocate(pools, size, alignment, site);
    (void)pools.select(mine->tag());
    mine->show_pool();  // a handler may have had the other tag's shown
  }
  if (!noted) (void)pools.note_heap_tag(tag);
  return block;
}

NewHeapBlock heap_hand_out(Instance& instance, TagId tag, std::size_t size, std::size_t alignment,
                           const CallSite& site) noexcept {
  void* const block = heap_allocate_as(instance, tag, size, alignment, site);
  if (block == nullptr) return {};
  return {block, heap_block(instance, block).bytes};
}

bool heap_try_resize(Instance& instance, void* block, std::size_t size) noexcept {
  ThreadState* const mine = instance.state_to_free();
  return instance.heap().try_resize(mine != nullptr ? &mine->pools() : nullptr, block, size);
}

void* heap_reallocate(Instance& instance, void* block, std::size_t size, std::size_t alignment,
                      const CallSite& site) noexcept {
  if (block == nullptr) return heap_allocate(instance, size, alignment, site);
  const Heap::Found found = instance.heap().find(block);
  if (!found.ours) {
    instance.report(Code::FA006, "the address is not of a block of this allocator", TagId::Untagged,
                    size, 0, site, block);
    return nullptr;
  }
  const bool aligned = reinterpret_cast<std::uintptr_t>(block) % alignment == 0;
  if (aligned && heap_try_resize(instance, block, size)) return block;
  void* const moved = heap_allocate_as(instance, found.tag, size, alignment, site);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(found.size, size));
  heap_free(instance, block, site);
  return moved;
}

HeapBlock heap_block(Instance& instance, const void* block) noexcept {
  const Heap::Found found = instance.heap().find(block);
  return {found.bytes, found.tag};
}

HeapBlock heap_give_back(Instance& instance, void* block, const CallSite& site) noexcept {
  if (const SlabHeader* const slab = instance.heap().search_plain_slab(block)) {
    const HeapBlock was{slab->block_size, slab->tag};
    if (slab->is_owned_by(os::record_word())) {
      slab->ready.load(std::memory_order_relaxed)->push(block);
    } else {
      heap_free(instance, block, site);
    }
    return was;
  }
  const HeapBlock was = heap_block(instance, block);
  if (was.bytes != 0) heap_free(instance, block, site);
  return was;
}

void heap_free(Instance& instance, void* block, const CallSite& site) noexcept {
  if (block == nullptr) return;
  ThreadState* mine = instance.state_to_free();
  instance.heap().free(mine != nullptr ? &mine->pools() : nullptr, block, site);
}

FrameArena& frame_arena(Instance& instance) noexcept {
  ThreadState* mine = instance.state();
  return mine != nullptr ? mine->arena() : empty_arena;
}

void* refuse_alignment(Instance& instance, std::size_t size, std::size_t alignment,
                       const CallSite& site) noexcept {
  instance.report(Code::FA011, "the alignment is not a power of two", TagId::Untagged, size,
                  alignment, site);
  return nullptr;
}

}  // namespace framealloc::detail
