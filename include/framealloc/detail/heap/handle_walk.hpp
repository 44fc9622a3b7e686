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

// The objects of a type in a group of slots: see HandleSlots. They are gathered first, so the work is
// a loop over pointers and the processor runs ahead into the next objects instead of waiting for
// their memory.
struct HeldGroup {
  const HandleSlot* slots = nullptr;
  std::uint32_t first = 0;
  bool held = false;
  std::size_t size = 0;
  void* objects[HandleSlots::kGroup];
  std::uint8_t which[HandleSlots::kGroup];
};

// Holds them while it lives.
template <class Handles>
class GroupWalk {
 public:
  GroupWalk(Handles& handles, std::uint32_t first, const HandleType& type) noexcept
      : handles_(handles) {
    handles_.enter_group(first, type, group_);
  }
  ~GroupWalk() {
    if (group_.held) handles_.leave_group(group_.first);
  }
  GroupWalk(const GroupWalk&) = delete;
  GroupWalk& operator=(const GroupWalk&) = delete;
  [[nodiscard]] std::size_t size() const noexcept { return group_.size; }
  // Result: the object and its id; null if it has been freed since.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* at(std::size_t i,
                                                  GenerationalId* id) const noexcept {
    const std::uint32_t which = group_.which[i];
    const std::uint64_t word = group_.slots[which].word.load(std::memory_order_relaxed);
    *id = GenerationalId{group_.first + which, HandleSlot::generation_of(word)};
    return (word & HandleSlot::kDoomed) == 0 ? group_.objects[i] : nullptr;
  }

 private:
  Handles& handles_;
  HeldGroup group_;
};

}  // namespace framealloc::detail
