// SPDX-License-Identifier: MIT OR Apache-2.0
// What the frame knows of an object that it may have to move elsewhere when it ends.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/relocatable.hpp>
#include <framealloc/retention_policy.hpp>
#include <framealloc/scratch_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

struct RetainedRecord;
class RetentionBook;

// How objects of one type are moved and destroyed. Its address is the identity of the type.
struct RetainedType {
  std::size_t size;
  std::size_t alignment;
  // Effect: the object is at `to` afterward and no longer at `from`. Null when it cannot be moved.
  void (*relocate)(void* from, void* to) noexcept;
  // Effect: the same to the pool, which destroys the object when it is reset. Result: the object;
  // null when the pool denies (reported), and it is still at `from`.
  void* (*to_scratch)(ScratchPool& pool, void* from, const CallSite& site, Denial& why) noexcept;
  void (*destroy)(void* object) noexcept;  // null when there is nothing to do
  std::string_view name;
};

// A move that throws ends the program, as it does in a container that grows.
template <class T>
void relocate_retained(void* from, void* to) noexcept {
  if constexpr (is_trivially_relocatable<T>) {
    copy_bytes(to, from, sizeof(T));
  } else {
    T* const original = std::launder(static_cast<T*>(from));
    ::new (to) T(std::move(*original));
    std::destroy_at(original);
  }
}

// Made by moving an object in, by bytes or not; what it ends as is that object.
template <class T>
class MovedIn {
 public:
  explicit MovedIn(void* from) noexcept { relocate_retained<T>(from, bytes_); }
  MovedIn(const MovedIn&) = delete;
  MovedIn& operator=(const MovedIn&) = delete;
  ~MovedIn()
    requires std::is_trivially_destructible_v<T>
  = default;
  ~MovedIn() { destroy_object<T>(bytes_); }

 private:
  alignas(T) std::byte bytes_[sizeof(T)];
};

template <class T>
void* move_to_scratch(ScratchPool& pool, void* from, const CallSite& site, Denial& why) noexcept {
  return pool.make_or_tell<MovedIn<T>>(why, site, from);
}

template <class T>
constexpr RetainedType describe_retained() noexcept {
  RetainedType type{sizeof(T), alignof(T), nullptr, nullptr, nullptr, handle_type_name<T>()};
  if constexpr (is_trivially_relocatable<T> || std::is_move_constructible_v<T>) {
    type.relocate = &relocate_retained<T>;
    type.to_scratch = &move_to_scratch<T>;
  }
  if constexpr (!std::is_trivially_destructible_v<T>) type.destroy = &destroy_object<T>;
  return type;
}
template <class T>
FRAMEALLOC_OWN_COPY inline constexpr RetainedType retained_type = describe_retained<T>();

// Each shared object holds its own description of a type; between them the names decide.
[[nodiscard]] inline bool same_type(const RetainedType* a, const RetainedType* b) noexcept {
  return a == b || (a->size == b->size && a->alignment == b->alignment && a->name == b->name);
}

// The part of a FrameRetained that its record knows: the record says so when the object goes.
struct RetainedLink {
  RetainedRecord* record = nullptr;  // null once the object has gone
};

// Stands in frame memory before its object. Its finalizer runs whenever the object's memory ends,
// so a record that can be found is one whose object is there.
struct RetainedRecord {
  Finalizer finalizer;
  const RetainedType* type = nullptr;
  void* object = nullptr;
  RetainedLink* link = nullptr;    // null once the handle has gone
  RetainedRecord* next = nullptr;  // in the list of a frame that is being ended
  RetentionBook* book = nullptr;
  std::uint64_t id = 0;
  std::string_view scratch;  // as is `phase`: lives as long as the allocator
  std::string_view phase;
  std::size_t scratch_capacity = 0;
  CallSite site;
  TagId tag = TagId::Untagged;
  RetentionPolicy::Kind kind = RetentionPolicy::Kind::Discard;
};

// Effect: the object is where the arena put it, and ends with its memory unless it is promoted.
FRAMEALLOC_API void arm_retained(FrameArena& arena, RetainedRecord& record, void* object) noexcept;
// Effect: the frame owes the object nothing any more: it has been moved.
void let_go_retained(RetainedRecord& record) noexcept;
// Effect: adds what the arena retains in the frame `clock` to the front of the list.
// Requirement: the arena's thread does not allocate during the call.
void gather_retained(FrameArena& arena, std::uint64_t clock, RetainedRecord** list) noexcept;
// Effect: orders the list by id: as the objects were made. Result: its length.
std::size_t sort_retained(RetainedRecord** list) noexcept;

}  // namespace framealloc::detail
