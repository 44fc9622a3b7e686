// SPDX-License-Identifier: MIT OR Apache-2.0
// The user data of shapes that touch, for when one of them is destroyed: Box2D 3 tells such an end
// with ids that nothing can be asked for any more.
#pragma once

#include <framealloc/smart_alloc.hpp>

#include <box2d/box2d.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace framealloc::box2d_v3::detail {

struct Users {
  void* a = nullptr;
  void* b = nullptr;
};

/// Result: whether both are the same shape.
[[nodiscard]] inline bool is_same(b2ShapeId a, b2ShapeId b) noexcept {
  return b2StoreShapeId(a) == b2StoreShapeId(b);
}

/// Pairs of shapes with their user data, in an open hash table in the heap of an allocator. Thread
/// contract: one thread.
class PairUsers {
 public:
  explicit PairUsers(const SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  ~PairUsers() { alloc_.heap_free_bytes(slots_); }
  PairUsers(const PairUsers&) = delete;
  PairUsers& operator=(const PairUsers&) = delete;

  /// Effect: remembers the pair. Result: false if the heap denies the memory.
  [[nodiscard]] bool add(b2ShapeId a, b2ShapeId b, Users users) noexcept {
    // Three quarters full at most.
    if (4 * (size_ + 1) > 3 * capacity_ && !make_room()) return false;
    Slot& slot = slots_[find(a, b)];
    if (slot.a.index1 == 0) ++size_;
    slot = {a, b, users};
    return true;
  }
  /// Effect: forgets the pair. Result: its user data; null pointers if it was not remembered.
  [[nodiscard]] Users take(b2ShapeId a, b2ShapeId b) noexcept {
    if (size_ == 0) return {};
    std::size_t hole = find(a, b);
    if (slots_[hole].a.index1 == 0) return {};
    const Users users = slots_[hole].users;
    --size_;
    // Pairs behind the hole move up, unless they would come to stand before their first place.
    const std::size_t mask = capacity_ - 1;
    for (std::size_t at = (hole + 1) & mask; slots_[at].a.index1 != 0; at = (at + 1) & mask) {
      const std::size_t first = hash_of(slots_[at].a, slots_[at].b) & mask;
      if (((at - first) & mask) < ((at - hole) & mask)) continue;
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = {};
    return users;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t kFirstCapacity = 64;
  // Free where the id is null, as all of Box2D's ids are that are zero.
  struct Slot {
    b2ShapeId a{};
    b2ShapeId b{};
    Users users;
  };

  [[nodiscard]] static std::size_t hash_of(b2ShapeId a, b2ShapeId b) noexcept {
    const std::uint64_t mixed =
        (b2StoreShapeId(a) * 0x9E3779B97F4A7C15U) ^ (b2StoreShapeId(b) * 0xC2B2AE3D27D4EB4FU);
    return static_cast<std::size_t>((mixed ^ (mixed >> 29U)) * 0x9E3779B97F4A7C15U >> 32U);
  }
  // Result: where the pair is, or would be.
  [[nodiscard]] std::size_t find(b2ShapeId a, b2ShapeId b) const noexcept {
    std::size_t at = hash_of(a, b) & (capacity_ - 1);
    while (slots_[at].a.index1 != 0 && !(is_same(slots_[at].a, a) && is_same(slots_[at].b, b))) {
      at = (at + 1) & (capacity_ - 1);
    }
    return at;
  }
  // Effect: leaves out pairs of shapes that are gone: their ends were told, or never will be, since
  // the game has turned the events of a shape off. Result: false if the heap denies the memory.
  [[nodiscard]] bool make_room() noexcept {
    std::size_t live = 0;
    for (std::size_t i = 0; i < capacity_; ++i) live += is_alive(slots_[i]) ? 1U : 0U;
    const std::size_t old_capacity = capacity_;
    Slot* const old = slots_;
    const std::size_t wanted = std::bit_ceil(2 * (live + 1));
    const std::size_t capacity = wanted > kFirstCapacity ? wanted : kFirstCapacity;
    void* const memory = alloc_.heap_alloc_bytes(capacity * sizeof(Slot), alignof(Slot));
    if (memory == nullptr) return false;
    std::memset(memory, 0, capacity * sizeof(Slot));
    slots_ = static_cast<Slot*>(memory);
    capacity_ = capacity;
    size_ = live;
    for (std::size_t i = 0; i < old_capacity; ++i) {
      if (is_alive(old[i])) slots_[find(old[i].a, old[i].b)] = old[i];
    }
    alloc_.heap_free_bytes(old);
    return true;
  }
  [[nodiscard]] static bool is_alive(const Slot& slot) noexcept {
    return slot.a.index1 != 0 && b2Shape_IsValid(slot.a) && b2Shape_IsValid(slot.b);
  }

  SmartAlloc alloc_;
  Slot* slots_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // a power of two
};

}  // namespace framealloc::box2d_v3::detail
