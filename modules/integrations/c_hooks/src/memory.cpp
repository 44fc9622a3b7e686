// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>

#include <algorithm>
#include <cstring>

namespace framealloc::c_hooks {
namespace {

// Tells the threads that live from each other; an address may come back once its thread has ended.
[[nodiscard]] std::uintptr_t this_thread() noexcept {
  FRAMEALLOC_TLS_MODEL thread_local const char mark = 0;
  return reinterpret_cast<std::uintptr_t>(&mark);
}

// Of a counter with one writer.
template <class T>
void add_own(std::atomic<T>& counter, T more) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

// A C library's callback knows no place of a call.
constexpr CallSite kNowhere{};

template <class T>
void add(bool mine, std::atomic<T>& own, std::atomic<T>& shared, T more) noexcept {
  if (mine) return add_own(own, more);
  shared.fetch_add(more, std::memory_order_relaxed);
}

[[nodiscard]] std::int64_t signed_bytes(std::size_t bytes) noexcept {
  return static_cast<std::int64_t>(bytes);
}

}  // namespace

Memory::Memory(const SmartAlloc& alloc, std::string_view tag, Fallback fallback)
    : alloc_(alloc),
      tag_(alloc_.tag(tag)),
      exact_sizes_(alloc_.config().checked || alloc_.guard_mode() != GuardMode::Off),
      fallback_(fallback),
      path_(alloc_.path_of(tag_)) {
  Homes::join(*this);
}

Memory::~Memory() { Homes::leave(*this); }

NewHeapBlock Memory::hand_out(std::size_t size, std::size_t alignment) noexcept {
  size += size == 0 ? 1 : 0;
  const NewHeapBlock made = alloc_.heap_hand_out(tag_, size, alignment, kNowhere);
  if (made.block == nullptr) [[unlikely]]
    return deny();
  count_in(made.bytes);
  return made;
}

void* Memory::allocate_zeroed(std::size_t count, std::size_t size) noexcept {
  // A product that overflows is one that no heap has, which the allocator says.
  const std::size_t bytes = saturating_bytes(count, size);
  void* const block = allocate(bytes);
  if (block != nullptr) std::memset(block, 0, bytes);
  return block;
}

// The owner's own way through this and count_in() is short, and calls nothing but the heap.
bool Memory::take_back(void* block) noexcept {
  const HeapBlock was = alloc_.heap_give_back(block, kNowhere);
  if (was.bytes == 0) [[unlikely]]
    return false;
  if (was.tag != tag_ || owner_.load(std::memory_order_relaxed) != this_thread()) [[unlikely]]
    return count_out_elsewhere(was);
  add_own(own_.bytes, -signed_bytes(was.bytes));
  add_own(own_.frees, std::uint64_t{1});
  return true;
}

bool Memory::count_out_elsewhere(HeapBlock block) noexcept {
  maker_of(block).count_elsewhere(-signed_bytes(block.bytes), &Cell::frees);
  return true;
}

void* Memory::reallocate(void* block, std::size_t size) noexcept {
  if (block == nullptr) return allocate(size);
  const HeapBlock before = alloc_.heap_block(block);
  if (before.bytes == 0) [[unlikely]]
    return reallocate_foreign(block, size);
  size = std::max<std::size_t>(size, 1);
  if (alloc_.heap_try_resize(block, size)) {
    maker_of(before).count_resize(before.bytes, alloc_.heap_block(block).bytes);
    return block;
  }
  const std::size_t usable = exact_sizes_ ? alloc_.heap_usable_size(block) : before.bytes;
  void* const moved = allocate(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(usable, size));
  (void)try_free(block);
  return moved;
}

void* Memory::reallocate_sized(void* block, std::size_t old_size, std::size_t size) noexcept {
  // The heap rounds up to the granule, so within one there is nothing to account for. Who made the
  // block matters only where it grows: a fallback may know no granules.
  if (!exact_sizes_ && block != nullptr && size != 0 &&
      (size - 1) / kGranule == (old_size - 1) / kGranule && (size <= old_size || owns(block))) {
    add(is_mine(), own_.in_place, shared_.in_place, std::uint64_t{1});
    return block;
  }
  return reallocate(block, size);
}

bool Memory::owns(const void* block) const noexcept { return alloc_.owns(block); }

MemoryStats Memory::stats() const noexcept {
  constexpr auto kRelaxed = std::memory_order_relaxed;
  // Frees first: what is read between the two can only make more blocks, never fewer than none.
  const std::uint64_t frees = own_.frees.load(kRelaxed) + shared_.frees.load(kRelaxed);
  const std::uint64_t allocations =
      own_.allocations.load(kRelaxed) + shared_.allocations.load(kRelaxed);
  const std::int64_t bytes = own_.bytes.load(kRelaxed) + shared_.bytes.load(kRelaxed);
  MemoryStats stats;
  stats.bytes = bytes < 0 ? 0 : static_cast<std::size_t>(bytes);
  stats.peak_bytes = static_cast<std::size_t>(std::max(peak_.load(kRelaxed), bytes));
  stats.blocks = allocations > frees ? static_cast<std::size_t>(allocations - frees) : 0;
  stats.allocations = allocations;
  stats.frees = frees;
  stats.in_place = own_.in_place.load(kRelaxed) + shared_.in_place.load(kRelaxed);
  stats.denials = denials_.load(kRelaxed);
  stats.foreign = foreign_.load(kRelaxed);
  return stats;
}

Memory& Memory::maker_of(const HeapBlock& block) noexcept {
  // Without pages by tag all small blocks are untagged, so their maker is unknown.
  if (block.tag == tag_ || block.tag == Tag::Untagged) [[likely]]
    return *this;
  Memory* const maker = Homes::maker_of(alloc_, block.tag);
  return maker != nullptr ? *maker : *this;
}

inline void Memory::count_in(std::size_t bytes) noexcept {
  if (owner_.load(std::memory_order_relaxed) != this_thread()) [[unlikely]]
    return count_elsewhere(signed_bytes(bytes), &Cell::allocations);
  const std::int64_t mine = own_.bytes.load(std::memory_order_relaxed) + signed_bytes(bytes);
  own_.bytes.store(mine, std::memory_order_relaxed);
  add_own(own_.allocations, std::uint64_t{1});
  const std::int64_t all = mine + shared_.bytes.load(std::memory_order_relaxed);
  if (all > peak_.load(std::memory_order_relaxed)) [[unlikely]]
    note_peak(all);
}

bool Memory::is_mine() noexcept {
  const std::uintptr_t here = this_thread();
  std::uintptr_t owner = owner_.load(std::memory_order_relaxed);
  if (owner == here) return true;
  return owner == 0 && owner_.compare_exchange_strong(owner, here, std::memory_order_relaxed);
}

void Memory::count_elsewhere(std::int64_t bytes,
                             std::atomic<std::uint64_t> Cell::* calls) noexcept {
  const bool mine = is_mine();
  add(mine, own_.bytes, shared_.bytes, bytes);
  add(mine, own_.*calls, shared_.*calls, std::uint64_t{1});
  note_peak(own_.bytes.load(std::memory_order_relaxed) +
            shared_.bytes.load(std::memory_order_relaxed));
}

void Memory::count_resize(std::size_t before, std::size_t after) noexcept {
  const bool mine = is_mine();
  add(mine, own_.in_place, shared_.in_place, std::uint64_t{1});
  if (before == after) return;
  add(mine, own_.bytes, shared_.bytes, signed_bytes(after) - signed_bytes(before));
  note_peak(own_.bytes.load(std::memory_order_relaxed) +
            shared_.bytes.load(std::memory_order_relaxed));
}

void Memory::note_peak(std::int64_t bytes) noexcept {
  std::int64_t peak = peak_.load(std::memory_order_relaxed);
  while (bytes > peak && !peak_.compare_exchange_weak(peak, bytes, std::memory_order_relaxed)) {
  }
}

NewHeapBlock Memory::deny() noexcept {
  denials_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

void Memory::free_foreign(void* block) noexcept {
  foreign_.fetch_add(1, std::memory_order_relaxed);
  fallback_.free(block);
}

void* Memory::reallocate_foreign(void* block, std::size_t size) noexcept {
  foreign_.fetch_add(1, std::memory_order_relaxed);
  return fallback_.reallocate(block, size);
}

}  // namespace framealloc::c_hooks
