// SPDX-License-Identifier: MIT OR Apache-2.0
// An entry of a FrameMap, and the iterator over entries.
#pragma once

#include <framealloc/detail/container/relocate.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

// Users see std::pair<const K, V>; a map that grows has to move the key. Two names for one layout,
// as in Abseil's map_slot_type: the constant one is the object that lives, the other one is used
// only while an entry moves.
template <class K, class V>
union FrameMapEntry {
  std::pair<const K, V> shown;
  std::pair<K, V> moving;

  template <class Key, class... A>
  explicit FrameMapEntry(std::in_place_t, Key&& key, A&&... arguments)
      : shown(std::piecewise_construct_t{}, std::forward_as_tuple(std::forward<Key>(key)),
              std::forward_as_tuple(std::forward<A>(arguments)...)) {}
  FrameMapEntry(FrameMapEntry&& other) noexcept : moving(std::move(other.moving)) {}
  FrameMapEntry& operator=(FrameMapEntry&& other) noexcept {
    std::destroy_at(&shown);
    ::new (static_cast<void*>(&moving)) std::pair<K, V>(std::move(other.moving));
    return *this;
  }
  ~FrameMapEntry()
    requires(std::is_trivially_destructible_v<K> && std::is_trivially_destructible_v<V>)
  = default;
  ~FrameMapEntry() { std::destroy_at(&shown); }
};

template <class Entry, class Pair>
class FrameMapIterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = std::remove_const_t<Pair>;
  using difference_type = std::ptrdiff_t;
  using pointer = Pair*;
  using reference = Pair&;

  FrameMapIterator() noexcept = default;
  explicit FrameMapIterator(Entry* entry) noexcept : entry_(entry) {}
  // From the iterator of a map to the one of a constant map.
  template <class E, class P>
    requires std::is_convertible_v<P*, Pair*>
  FrameMapIterator(const FrameMapIterator<E, P>& other) noexcept : entry_(other.entry()) {}

  [[nodiscard]] Pair& operator*() const noexcept { return entry_->shown; }
  [[nodiscard]] Pair* operator->() const noexcept { return &entry_->shown; }
  FrameMapIterator& operator++() noexcept {
    ++entry_;
    return *this;
  }
  FrameMapIterator operator++(int) noexcept { return FrameMapIterator(entry_++); }
  friend bool operator==(FrameMapIterator, FrameMapIterator) noexcept = default;
  [[nodiscard]] Entry* entry() const noexcept { return entry_; }

 private:
  Entry* entry_ = nullptr;
};

}  // namespace framealloc::detail

template <class K, class V>
struct framealloc::IsTriviallyRelocatable<framealloc::detail::FrameMapEntry<K, V>>
    : framealloc::IsTriviallyRelocatable<std::pair<K, V>> {};
