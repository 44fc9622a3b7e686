// SPDX-License-Identifier: MIT OR Apache-2.0
// Where pages come from: sets, their blocks, and new ones.
#include "ring/ring_store.hpp"

#include <algorithm>
#include <mutex>

namespace framealloc::gpu::detail {

RingSet* RingStore::set_of(GpuMemoryIntent intent, unsigned frames, BufferUsage usage) noexcept {
  for (RingSet* set = sets_; set != nullptr; set = set->next) {
    if (set->intent == intent && set->frames == frames && set->usage == usage) return set;
  }
  auto* const set = make<RingSet>();
  if (set == nullptr) return nullptr;
  const DeviceNeeds needs = core_.backend.needs_of(core_.config.ring_page, usage);
  set->intent = intent;
  set->frames = frames;
  set->usage = usage;
  set->alignment = std::max<std::size_t>(needs.alignment, 1);
  set->type_mask = needs.type_mask;
  set->next_size = core_.config.ring_size;
  set->next = sets_;
  sets_ = set;
  return set;
}

bool RingStore::has_room(const RingSet& set, unsigned type, std::size_t size) noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (const RingBlock* block = set.blocks; block != nullptr; block = block->next)
    if (block->type == type && block->pages.stats().largest_free >= size) return true;
  return false;
}

// What becomes smaller stops here, and goes on with what is asked for: so even the last room of a
// budget is not filled with the memory of single slices.
constexpr std::size_t kLeastPage = std::size_t{4} << 10;

std::size_t RingStore::smaller(std::size_t size, std::size_t least) noexcept {
  return std::max(size / 2 < kLeastPage ? least : size / 2, least);
}

RingPage* RingStore::take_page(RingSet& set, std::size_t most, std::size_t least,
                               std::size_t alignment) noexcept {
  for (std::size_t size = most;; size = smaller(size, least)) {
    RingPage* const page = take_page(set, size, alignment);
    if (page != nullptr || size <= least) return page;
  }
}

RingPage* RingStore::take_page(RingSet& set, std::size_t size, std::size_t alignment) noexcept {
  auto* const page = make<RingPage>();
  if (page == nullptr) return nullptr;
  for (RingBlock* block = set.blocks; block != nullptr; block = block->next) {
    page->range = block->pages.allocate(size, alignment);
    if (!page->range) continue;
    page->block = block;
    page->size = size;
    page->last_frame = frame_ + set.frames - 1;
    page->open = true;
    ++block->live;
    page->next = set.in_frame;
    set.in_frame = page;
    return page;
  }
  drop(page);
  return nullptr;
}

bool RingStore::make_block(RingSet& set, unsigned type, std::size_t size, bool make_room,
                           RingBlock*& made, GpuDenial& denial) noexcept {
  const auto failed = [&denial](Code code, std::string_view what) {
    denial = {};
    denial.code = code;
    denial.what = what;
    return false;
  };
  OffsetConfig offsets;
  offsets.source = &core_.source;
  Result<OffsetAllocator> pages = OffsetAllocator::create(size, offsets);
  if (!pages) return failed(Code::FA012, "no memory to account for a ring");
  void* const place = core_.host.bookkeeping_alloc(sizeof(RingBlock));
  if (place == nullptr) return failed(Code::FA012, "no memory to account for a ring");
  auto* const block = ::new (place) RingBlock(std::move(*pages));

  DeviceBuffer buffer;
  DeviceStatus status = core_.backend.create_buffer(size, set.usage, buffer);
  if (status != DeviceStatus::Ok) {
    drop(block);
    return status == DeviceStatus::OutOfMemory
               ? failed(Code::FA416, "the device has no memory for a buffer")
               : failed(Code::FA419, status == DeviceStatus::Lost
                                         ? "the device is lost"
                                         : "the driver failed to create a buffer");
  }
  block->buffer = buffer.handle;
  block->size = size;
  block->memory_size = std::max(size, buffer.needs.size);
  block->type = type;
  DeviceMemoryRequest request;
  request.type = type;
  request.size = block->memory_size;
  request.device_address = has(set.usage, BufferUsage::DeviceAddress);
  if (buffer.needs.requires_dedicated) request.dedicated_buffer = buffer.handle;
  bool taken = false;
  if (make_room) {
    taken = core_.take_memory(request, block->memory, denial);
  } else {
    taken = core_.gate.allocate(request, block->memory, denial);
    if (taken)
      core_.emit(FrameEventKind::GpuBlockAllocated, request.size, core_.gate.heap_of(type));
  }
  if (taken) {
    status = core_.backend.bind_buffer(block->buffer, block->memory, 0);
    if (status == DeviceStatus::Ok) {
      made = block;
      return true;
    }
    core_.give_memory(type, block->memory_size, block->memory);
    static_cast<void>(failed(Code::FA419, "the driver failed to bind a buffer to its memory"));
  }
  core_.backend.destroy_buffer(block->buffer);
  drop(block);
  return false;
}

// The sizes become smaller before the types become worse; only when none is left is room made.
bool RingStore::grow(RingSet& set, std::size_t page, std::size_t size, bool& small,
                     GpuDenial& denial) noexcept {
  constexpr std::size_t kBlockUnit = std::size_t{64} << 10;
  const std::size_t whole = (page + kBlockUnit - 1) / kBlockUnit * kBlockUnit;
  RingBlock* block = nullptr;
  const TypeOrder& order = core_.order(set.intent);
  const auto curable = [&denial] {
    return denial.code == Code::FA416 || denial.code == Code::FA417;
  };
  std::size_t taken = 0;
  std::size_t first = whole;
  {
    const std::lock_guard<BriefLock> guard(lock_);
    first = std::max(set.next_size, whole);
  }
  HeapDenials denials(core_.gate);
  bool left = false;  // room in the blocks that there are, less than a page
  const unsigned types = order.visit(set.type_mask, [&](unsigned type) {
    if (!core_.gate.can_ever_hold(type, size)) return false;
    const auto make = [&](std::size_t wish) {
      if (!core_.gate.can_ever_hold(type, wish) ||
          !make_block(set, type, wish, false, block, denial))
        return false;
      taken = wish;
      return true;
    };
    for (std::size_t wish = first; wish != 0;
         wish = wish == whole ? 0 : std::max(wish / 2, whole)) {
      if (make(wish)) return true;
      if (denial.code != Code::None && !curable()) return true;
    }
    left = !small && has_room(set, type, size);
    if (left) return true;
    for (std::size_t wish = smaller(whole, size);; wish = smaller(wish, size)) {
      if (make(wish)) return true;
      if (wish <= size || (denial.code != Code::None && !curable())) break;
    }
    denials.note(denial);
    return !curable();
  });
  if (left) {
    denials.forget();
    denial = {};
    small = true;
    return true;
  }
  if (block == nullptr && types != 0 && denial.code == Code::None) {
    denial.code = Code::FA011;
    denial.what = "more than any heap for the intent has";
    return false;
  }
  if (types == 0) {
    denial = {};
    denial.code = Code::FA418;
    denial.what = "no memory of the device serves the intent";
    return false;
  }
  if (block == nullptr && curable()) {
    static_cast<void>(order.visit(set.type_mask, [&](unsigned type) {
      if (!core_.gate.can_ever_hold(type, size)) return false;
      return make_block(set, type, size, true, block, denial) || !curable();
    }));
    taken = size;
    if (block != nullptr) denials.forget();  // room was made: nothing was denied
  }
  if (block == nullptr) return false;
  denial = {};
  small = small || taken < page;
  const std::lock_guard<BriefLock> guard(lock_);
  total_ += block->memory_size;
  padding_ += block->memory_size - block->size;
  ++blocks_;
  block->empty_since = frame_;
  // Small ones first: pages come from them, so that the large one of a spike runs empty and goes.
  RingBlock** link = &set.blocks;
  while (*link != nullptr && (*link)->size < block->size) link = &(*link)->next;
  block->next = *link;
  *link = block;
  set.next_size = std::max(set.next_size, std::min(taken * 2, core_.config.block_size));
  return true;
}

}  // namespace framealloc::gpu::detail
