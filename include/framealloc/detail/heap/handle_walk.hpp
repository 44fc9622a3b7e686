// SPDX-License-Identifier: MIT OR Apache-2.0
// How a HandleAllocator visits many objects without waiting for the memory of each.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_slots.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/handle.hpp>
#include <framealloc/handle_allocator.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc {
namespace detail {

// How many handles are looked up before the first object is used, and how far ahead of that slots
// are prefetched.
inline constexpr std::size_t kHandleBatch = 64;
inline constexpr std::size_t kHandleSlotsAhead = 64;

}  // namespace detail

// The objects of a type in a group of slots, held while this lives: see HandleSlots. They are
// gathered first, so the work is a loop over pointers and the processor runs ahead into the next
// objects instead of waiting for their memory.
class HandleAllocator::GroupWalk {
 public:
  GroupWalk(HandleAllocator& handles, std::uint32_t first, const Type& type) noexcept;
  ~GroupWalk() {
    if (held_) handles_.leave_group(first_);
  }
  GroupWalk(const GroupWalk&) = delete;
  GroupWalk& operator=(const GroupWalk&) = delete;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // Result: the object and its id; null if it has been freed since.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* at(std::size_t i,
                                                  GenerationalId* id) const noexcept {
    const std::uint64_t word = slots_[which_[i]].word.load(std::memory_order_relaxed);
    *id = GenerationalId{first_ + which_[i], Slot::generation_of(word)};
    return (word & Slot::kDoomed) == 0 ? objects_[i] : nullptr;
  }

 private:
  HandleAllocator& handles_;
  const Slot* slots_;
  std::uint32_t first_;
  bool held_ = false;
  std::size_t size_ = 0;
  void* objects_[detail::HandleSlots::kGroup];
  std::uint8_t which_[detail::HandleSlots::kGroup];
};

template <class T>
FRAMEALLOC_ALWAYS_INLINE T* HandleAllocator::resolve_ahead(std::span<const Handle<T>> handles,
                                                           std::size_t at) noexcept {
  if (at + detail::kHandleSlotsAhead < handles.size()) {
    FRAMEALLOC_PREFETCH_READ(slots_.find(handles[at + detail::kHandleSlotsAhead].raw_index()));
  }
  T* const object = resolve(handles[at]);
  detail::fetch_for_writing(object);
  return object;
}

template <class T>
std::size_t HandleAllocator::resolve(std::span<const Handle<T>> handles,
                                     std::span<T*> objects) noexcept {
  handles = handles.first(handles.size() < objects.size() ? handles.size() : objects.size());
  std::size_t found = 0;
  for (std::size_t i = 0; i < handles.size(); ++i) {
    objects[i] = resolve_ahead(handles, i);
    found += objects[i] != nullptr ? 1 : 0;
  }
  return found;
}

template <class T, class F>
std::size_t HandleAllocator::for_each(std::span<const Handle<T>> handles, F&& function) {
  std::size_t found = 0;
  struct Found {
    const Slot* slot;
    std::uint64_t word;  // without pins
    T* object;
  };
  Found batch[detail::kHandleBatch];
  for (std::size_t begin = 0; begin < handles.size(); begin += detail::kHandleBatch) {
    const std::size_t end = begin + detail::kHandleBatch < handles.size()
                                ? begin + detail::kHandleBatch
                                : handles.size();
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {
      T* const object = resolve_ahead(handles, i);
      const GenerationalId id = handles[i].id();
      batch[count] = Found{slots_.find(id.index), Slot::word_of(id.generation), object};
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

template <class T, class F>
void HandleAllocator::for_each(F&& function) {
  const std::uint32_t slots = slots_.size();
  for (std::uint32_t first = 0; first < slots; first += detail::HandleSlots::kGroup) {
    GroupWalk walk(*this, first, detail::handle_type<T>);
    for (std::size_t i = 0; i < walk.size(); ++i) {
      GenerationalId id;
      void* const object = walk.at(i, &id);
      if (object != nullptr) function(Handle<T>(id), *static_cast<T*>(object));
    }
  }
}

}  // namespace framealloc
