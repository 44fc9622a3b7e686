// SPDX-License-Identifier: MIT OR Apache-2.0
// How the objects of many handles are looked up without waiting for the memory of each.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_slots.hpp>
#include <framealloc/handle.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc::detail {

// How many handles are looked up before the first object is used, and how far ahead of that slots
// are prefetched.
inline constexpr std::size_t kHandleBatch = 64;
inline constexpr std::size_t kHandleSlotsAhead = 64;

// `Handles` is HandleAllocator, whose header includes this one.
template <class Handles, class T>
FRAMEALLOC_ALWAYS_INLINE T* resolve_ahead(Handles& allocator, const HandleSlots& slots,
                                          std::span<const Handle<T>> handles,
                                          std::size_t at) noexcept {
  if (at + kHandleSlotsAhead < handles.size()) {
    FRAMEALLOC_PREFETCH_READ(slots.find(handles[at + kHandleSlotsAhead].raw_index()));
  }
  T* const object = allocator.resolve(handles[at]);
  fetch_for_writing(object);
  return object;
}

template <class Handles, class T>
std::size_t resolve_many(Handles& allocator, const HandleSlots& slots,
                         std::span<const Handle<T>> handles, std::span<T*> objects) noexcept {
  handles = handles.first(handles.size() < objects.size() ? handles.size() : objects.size());
  std::size_t found = 0;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    objects[i] = resolve_ahead(allocator, slots, handles, i);
    found += objects[i] != nullptr ? 1 : 0;
  }
  return found;
}

template <class Handles, class T, class F>
std::size_t visit_many(Handles& allocator, const HandleSlots& slots,
                       std::span<const Handle<T>> handles, F& function) {
  using Slot = HandleSlot;
  std::size_t found = 0;
  struct Found {
    const Slot* slot;
    std::uint64_t word;  // without pins
    T* object;
  };
  Found batch[kHandleBatch];
  for (std::size_t begin = 0; begin < handles.size(); begin += kHandleBatch) {
    const std::size_t end =
        begin + kHandleBatch < handles.size() ? begin + kHandleBatch : handles.size();
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      T* const object = resolve_ahead(allocator, slots, handles, i);
      const GenerationalId id = handles[i].id();
      batch[count] = Found{slots.find(id.index), Slot::word_of(id.generation), object};
      count += object != nullptr ? 1 : 0;
    }
    for (std::size_t i = 0; i < count; ++i) {
      // An earlier call may have freed it.
      const std::uint64_t word = batch[i].slot->word.load(std::memory_order_acquire);
      if ((word & ~Slot::kMostPins) != batch[i].word) [[unlikely]]
        continue;
      ++found;
      function(*batch[i].object);
    }
  }
  return found;
}

}  // namespace framealloc::detail
