// SPDX-License-Identifier: MIT OR Apache-2.0
// What the handle allocator knows of a type: how large it is, how it moves, how it ends.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/detail/heap/handle_chunk.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/relocatable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

// True where compaction may move objects of the type at all. A move that may throw could leave half
// an object behind, so such a type stays where it is.
template <class T>
inline constexpr bool is_handle_movable =
    is_trivially_relocatable<T> ||
    (std::is_nothrow_move_constructible_v<T> && std::is_nothrow_destructible_v<T>);

namespace detail {

// Addresses of objects leave these bits alone: they are multiples of the granule, below 2^48.
inline constexpr std::uintptr_t kTypeMarkBits =
    sizeof(void*) == 8 ? static_cast<std::uintptr_t>(0xFFFF'0000'0000'000FULL) : 0xFU;

struct HandleType {
  std::size_t size;
  std::size_t alignment;
  bool movable;
  bool bitwise;
  // Effect: the object is at `to` afterward and no longer at `from`; the two do not overlap. Null
  // when not movable.
  void (*relocate)(void* from, void* to) noexcept;
  void (*destroy)(void* object) noexcept;  // null when there is nothing to do
  std::string_view name;
  std::uintptr_t mark;  // of kTypeMarkBits: from the name, seldom the same for two types
  // Of blocks of untagged objects; that of no block when they never wait in a HandleCache.
  std::uint64_t block_key;
};

// FNV-1a, spread over the bits of a mark.
constexpr std::uintptr_t type_mark(std::string_view name, std::size_t size) noexcept {
  std::uint64_t hash = 14695981039346656037ULL ^ size;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  hash ^= hash >> 32;
  const std::uint64_t mark = (hash << 48) | ((hash >> 16) & 0xF);
  return mark & kTypeMarkBits;
}

template <class T>
constexpr std::string_view handle_type_name() noexcept {
#if defined(__GNUC__) || defined(__clang__)
  // "... handle_type_name() [with T = game::Enemy; ...]", and "[T = game::Enemy]" from Clang.
  constexpr std::string_view text = FRAMEALLOC_FUNCTION;
  constexpr std::size_t begin = text.find("T = ") + 4;
  constexpr std::size_t end = text.find_first_of(";]", begin);
  return text.substr(begin, end - begin);
#else
  return FRAMEALLOC_FUNCTION;
#endif
}

template <class T>
void relocate_object([[maybe_unused]] void* from, [[maybe_unused]] void* to) noexcept {
  if constexpr (is_trivially_relocatable<T>) {
    copy_bytes(to, from, sizeof(T));
  } else if constexpr (is_handle_movable<T>) {
    T* const original = std::launder(static_cast<T*>(from));
    ::new (to) T(std::move(*original));
    std::destroy_at(original);
  }
}

template <class T>
void destroy_object(void* object) noexcept {
  std::destroy_at(std::launder(static_cast<T*>(object)));
}

template <class T>
constexpr HandleType describe_type() noexcept {
  HandleType type{
      sizeof(T), alignof(T), is_handle_movable<T>,  is_trivially_relocatable<T>,
      nullptr,   nullptr,    handle_type_name<T>(), type_mark(handle_type_name<T>(), sizeof(T)),
      UINT64_MAX};
  if (may_wait(sizeof(T), alignof(T))) {
    type.block_key = detail::block_key(BlockChunk::granules_for(sizeof(T)), is_handle_movable<T>);
  }
  if constexpr (is_handle_movable<T>) type.relocate = &relocate_object<T>;
  if constexpr (!std::is_trivially_destructible_v<T>) type.destroy = &destroy_object<T>;
  return type;
}

// Its address is the identity of the type. Each shared object holds its own; between them the names
// decide.
template <class T>
FRAMEALLOC_OWN_COPY inline constexpr HandleType handle_type = describe_type<T>();

[[nodiscard]] inline bool same_type(const HandleType* a, const HandleType* b) noexcept {
  return a == b || (a->size == b->size && a->name == b->name);
}

}  // namespace detail
}  // namespace framealloc
