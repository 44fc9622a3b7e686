// SPDX-License-Identifier: MIT OR Apache-2.0
// Slab blocks in a guard mode: what is checked when one is freed, leaves the quarantine, or is
// asked about.
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/pool/block_guard.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>

namespace framealloc::detail {
namespace {

constexpr std::size_t kBatch = 32;

BlockRecord& record_of(SlabHeader& slab, const void* block) noexcept {
  const auto offset =
      static_cast<std::size_t>(static_cast<const std::byte*>(block) - slab.block(0));
  return slab.records[offset / slab.block_size];
}

// What is wrong with the bytes around a block that is in use.
Damage find_damage(SlabHeader& slab, std::byte* block) noexcept {
  const BlockRecord& record = record_of(slab, block);
  const std::size_t size = record.size.load(kRelaxed);
  if (const std::byte* const at =
          BlockGuard::find_change(block + size, slab.block_size - size, BlockGuard::kZone)) {
    return Damage::outside(block, size, at - block, record, slab.kind, slab.tag);
  }
  // The bytes before it are the end of the block before it, whose pattern holds while that is in
  // use or in quarantine, or a zone of the page's own.
  if (block != slab.block(0)) {
    const BlockState before = (&record)[-1].state.load(std::memory_order_acquire);
    if (before != BlockState::Live && before != BlockState::Held) return {};
  } else if (slab.first_offset < slab.block_size + sizeof(SlabHeader)) {
    return {};  // a page with one block
  }
  std::byte* const front = block - BlockGuard::kFront;
  if (const std::byte* const at =
          BlockGuard::find_change(front, BlockGuard::kFront, BlockGuard::kZone)) {
    return Damage::outside(block, size, at - block, record, slab.kind, slab.tag);
  }
  return {};
}

Damage find_late_write(SlabHeader& slab, std::byte* block) noexcept {
  const BlockRecord& record = record_of(slab, block);
  const std::size_t size = record.size.load(kRelaxed);
  const std::byte* const at = BlockGuard::find_change(block, size, BlockGuard::kFreed);
  if (at == nullptr) return {};
  return Damage::late_write(block, size, at - block, record, slab.kind, slab.tag);
}

}  // namespace

void PoolShared::report_damage(const Damage& damage) noexcept {
  Text<512> message;
  damage.describe(message);
  report(damage.code, message, damage.tag, 0, 0, damage.allocated_at, damage.block);
}

void PoolShared::prepare_slab(SlabHeader& slab) noexcept {
  // The first block is given up: it is the zone before the second.
  if (slab.block_count > 1) {
    guard_->begin_zone(slab.block(0), slab.block_size);
    slab.first_offset += slab.block_size;
    --slab.block_count;
  }
  for (std::size_t i = 0; i < slab.block_count; ++i) {
    BlockGuard::make_zone(slab.block(i) + slab.block_size - BlockGuard::kTail, BlockGuard::kTail);
  }
}

void PoolShared::guard_new_block(void* block, std::size_t size) noexcept {
  SlabHeader* const slab = slab_of(block, page_mask_);
  guard_->begin_life(block, size, slab->block_size);
}

void PoolShared::guard_resized_block(SlabHeader* slab, void* block, std::size_t size) noexcept {
  const std::size_t before = record_of(*slab, block).size.load(kRelaxed);
  guard_->resize(block, before, size, slab->block_size);
}

std::size_t PoolShared::size_of_block(const void* block) noexcept {
  return record_of(*slab_of(block, page_mask_), block).size.load(kRelaxed);
}

void PoolShared::hold_block(PoolThread* mine, SlabHeader* slab, void* block) noexcept {
  auto* const bytes = static_cast<std::byte*>(block);
  BlockRecord& record = record_of(*slab, block);
  const std::size_t size = record.size.load(kRelaxed);
  if (const Damage damage = find_damage(*slab, bytes); damage.found()) {
    report_damage(damage);
    guard_->begin_life(block, size, slab->block_size);  // whole again for its neighbor
  }
  guard_->end_life(block, size);
  // The user has freed it: it counts so from now on, whenever it returns to its page.
  if (mine == nullptr) {
    count_stray_free(*slab);
  } else {
    mine->freed_bytes(*slab).add(slab->block_size);
    mine->freed_blocks(*slab).add(1);
  }
  record.state.store(BlockState::Held, std::memory_order_release);
  BlockGuard::Held gone[kBatch];
  const BlockGuard::Held freed{block, slab->block_size, false};
  release_held(mine, gone, guard_->hold(freed, gone, kBatch));
}

void PoolShared::release_held(PoolThread* mine, const BlockGuard::Held* gone,
                              std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    if (gone[i].large) {
      if (large_ != nullptr) large_->release_held(mine, gone[i].block);
      continue;
    }
    SlabHeader* const slab = slab_of(gone[i].block, page_mask_);
    const Damage damage = find_late_write(*slab, static_cast<std::byte*>(gone[i].block));
    if (damage.found()) report_damage(damage);
    record_of(*slab, gone[i].block).state.store(BlockState::Freed, std::memory_order_release);
    guard_->release(gone[i].block, slab->block_size);
    route(gone[i].block);
  }
}

std::size_t PoolShared::flush_held(PoolThread* mine) noexcept {
  if (guard_ == nullptr) return 0;
  std::size_t all = 0;
  BlockGuard::Held gone[kBatch];
  while (const std::size_t count = guard_->take(gone, kBatch)) {
    release_held(mine, gone, count);
    all += count;
  }
  return all;
}

// Damage is gathered under locks and reported after them.
std::size_t PoolShared::check_guards() noexcept {
  if (guard_ == nullptr) return 0;
  DamageList found;
  pages_.for_each_slab([&](SlabHeader& slab) {
    for (std::size_t i = 0; i < slab.block_count; ++i) {
      const BlockState state = slab.records[i].state.load(std::memory_order_acquire);
      if (state == BlockState::Live) found.add(find_damage(slab, slab.block(i)));
      if (state == BlockState::Held) found.add(find_late_write(slab, slab.block(i)));
    }
  });
  if (large_ != nullptr) large_->check_guards(found);
  for (std::size_t i = 0; i < found.kept(); ++i) report_damage(found[i]);
  return found.count();
}

}  // namespace framealloc::detail
