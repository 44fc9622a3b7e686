// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects by handle. A handle that was given back is never valid again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <type_traits>

namespace framealloc::gpu::detail {

// The handle is the slot's index plus one in the lower half and its generation in the upper.
// Growing answers with a failure where there is no memory, which a std::vector cannot without
// exceptions.
template <class T>
class HandleTable {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  HandleTable() = default;
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;
  ~HandleTable() { std::free(slots_); }

  // Result: 0 when there is no memory.
  [[nodiscard]] std::uint64_t insert(const T& value) noexcept {
    if (free_ == kNone && !grow()) return 0;
    const std::uint32_t index = free_;
    Slot& slot = slots_[index];
    free_ = slot.next;
    slot.value = value;
    slot.live = true;
    ++live_;
    return (std::uint64_t{slot.generation} << 32) | (index + 1);
  }
  // Result: null for a handle that is not live. Valid until the next insert().
  [[nodiscard]] T* find(std::uint64_t handle) noexcept {
    const auto index = static_cast<std::uint32_t>(handle) - 1;
    if (index >= capacity_) return nullptr;
    Slot& slot = slots_[index];
    return slot.live && slot.generation == handle >> 32 ? &slot.value : nullptr;
  }
  // Requirement: the handle is live.
  void erase(std::uint64_t handle) noexcept {
    const auto index = static_cast<std::uint32_t>(handle) - 1;
    Slot& slot = slots_[index];
    slot.live = false;
    ++slot.generation;
    slot.next = free_;
    free_ = index;
    --live_;
  }
  [[nodiscard]] std::size_t live() const noexcept { return live_; }
  template <class F>
  void for_each(F&& visit) noexcept {
    for (std::uint32_t index = 0; index < capacity_; ++index) {
      if (slots_[index].live) visit(slots_[index].value);
    }
  }

 private:
  struct Slot {
    T value;
    std::uint32_t generation;
    std::uint32_t next;
    bool live;
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  bool grow() noexcept {
    const std::uint32_t capacity = capacity_ == 0 ? 64 : capacity_ * 2;
    auto* const slots = static_cast<Slot*>(std::realloc(slots_, capacity * sizeof(Slot)));
    if (slots == nullptr) return false;
    slots_ = slots;
    for (std::uint32_t index = capacity; index-- > capacity_;) {
      ::new (static_cast<void*>(&slots_[index])) Slot{T{}, 1, free_, false};
      free_ = index;
    }
    capacity_ = capacity;
    return true;
  }

  Slot* slots_ = nullptr;
  std::uint32_t capacity_ = 0;
  std::uint32_t free_ = kNone;
  std::size_t live_ = 0;
};

}  // namespace framealloc::gpu::detail
