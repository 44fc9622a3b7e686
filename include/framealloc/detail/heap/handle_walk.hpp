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

// How many handles are looked up before the first object is used. Their slots are fetched one batch
// ahead.
inline constexpr std::size_t kHandleBatch = 64;

// Goes over a span of handles in batches. `Handles` is HandleAllocator, whose header includes this one.
template <class Handles, class T>
class HandleBatches {
 public:
  HandleBatches(Handles& allocator, const HandleSlots& slots,
                std::span<const Handle<T>> handles) noexcept
      : allocator_(allocator), slots_(slots), handles_(handles) {
    fetch_slots();
  }
  HandleBatches(const HandleBatches&) = delete;
  HandleBatches& operator=(const HandleBatches&) = delete;
  // Result: the handles that are looked up next; none at the end.
  [[nodiscard]] std::span<const Handle<T>> next() noexcept {
    const std::span<const Handle<T>> batch = handles_.first(size_);
    // A copy, since pointers that change places would be read again for each handle.
    for (std::size_t i = 0; i < size_; ++i) current_[i] = ahead_[i];
    handles_ = handles_.subspan(size_);
    fetch_slots();
    return batch;
  }
  // Result: the i-th slot of the batch; null where there is none.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE const HandleSlot* slot(std::size_t i) const noexcept {
    return current_[i];
  }
  // Result: as resolve(), for the i-th handle of the batch. Its memory is on its way to the cache.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* resolve(Handle<T> handle, std::size_t i) noexcept {
    T* const object = allocator_.resolve_in(current_[i], handle);
    fetch_for_writing(object);
    return object;
  }

 private:
  FRAMEALLOC_ALWAYS_INLINE void fetch_slots() noexcept {
    size_ = handles_.size() < kHandleBatch ? handles_.size() : kHandleBatch;
    for (std::size_t i = 0; i < size_; ++i) {
      ahead_[i] = slots_.find(handles_[i].raw_index());
      FRAMEALLOC_PREFETCH_READ(ahead_[i]);
    }
  }

  Handles& allocator_;
  const HandleSlots& slots_;
  std::span<const Handle<T>> handles_;  // from the batch on whose slots are being fetched
  std::size_t size_ = 0;                // of that batch
  const HandleSlot* ahead_[kHandleBatch];
  const HandleSlot* current_[kHandleBatch];
};

template <class Handles, class T>
std::size_t resolve_many(Handles& allocator, const HandleSlots& slots,
                         std::span<const Handle<T>> handles, std::span<T*> objects) noexcept {
  handles = handles.first(handles.size() < objects.size() ? handles.size() : objects.size());
  std::size_t found = 0;
  HandleBatches<Handles, T> batches(allocator, slots, handles);
  T** next = objects.data();
  for (auto batch = batches.next(); !batch.empty(); batch = batches.next()) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
      *next = batches.resolve(batch[i], i);
      found += *next++ != nullptr ? 1 : 0;
    }
  }
  return found;
}

template <class Handles, class T, class F>
std::size_t visit_many(Handles& allocator, const HandleSlots& slots,
                       std::span<const Handle<T>> handles, F& function) {
  std::size_t found = 0;
  T* objects[kHandleBatch];
  HandleBatches<Handles, T> batches(allocator, slots, handles);
  for (auto batch = batches.next(); !batch.empty(); batch = batches.next()) {
    for (std::size_t i = 0; i < batch.size(); ++i) objects[i] = batches.resolve(batch[i], i);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      // An earlier call may have freed it.
      if (objects[i] == nullptr || !batches.slot(i)->is_of(batch[i].id())) [[unlikely]]
        continue;
      ++found;
      function(*objects[i]);
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
