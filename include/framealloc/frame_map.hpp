// SPDX-License-Identifier: MIT OR Apache-2.0
// A hash map in frame memory.
#pragma once

#include <framealloc/detail/container/frame_index.hpp>
#include <framealloc/detail/container/frame_map_entry.hpp>
#include <framealloc/frame_hash.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/fwd.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace framealloc {

/// Entries are stored densely, in insertion order until one is erased (the last entry then takes
/// the place of the erased one), so iterating is as fast as over an array. If growth is denied, the
/// map keeps filling the buckets that it has; overwriting a value never needs memory. Nothing
/// throws: a denied call returns end(), null or false, is reported by the arena and changes
/// nothing. Move-only; clone() copies. Like a FrameVec, it belongs to the frame in which it was
/// filled, is empty after it if entries have destructors, and must not be used after its arena was
/// rewound to a checkpoint from before it last grew. Iterators, pointers and references to entries:
/// invalidated by insertions that grow (capacity()), by the end of the frame, and those to the last
/// entry by erase. Hash and Eq must not throw. At most 2^32 - 2 entries. Thread contract: only the
/// arena's own thread.
template <class K, class V, class Hash, class Eq>
class FrameMap {
  using Entry = detail::FrameMapEntry<K, V>;
  // The type by which a key may be looked up besides K itself.
  template <class Q>
  static constexpr bool kLooksUp = !std::same_as<Q, K> && requires {
    typename Hash::is_transparent;
    typename Eq::is_transparent;
  };

 public:
  using key_type = K;
  using mapped_type = V;
  using value_type = std::pair<const K, V>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using hasher = Hash;
  using key_equal = Eq;
  using reference = value_type&;
  using const_reference = const value_type&;
  using iterator = detail::FrameMapIterator<Entry, value_type>;
  using const_iterator = detail::FrameMapIterator<const Entry, const value_type>;

  /// Effect: an empty map with room for `capacity` entries. Failure: a denied request is reported
  /// and shows as a smaller capacity().
  explicit FrameMap(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, std::size_t capacity = 0,
                    Hash hash = Hash(), Eq eq = Eq(), Here here = CallSite::current()) noexcept
      : entries_(arena), hash_(std::move(hash)), eq_(std::move(eq)) {
    (void)reserve(capacity, here);
  }
  FrameMap(FrameMap&&) noexcept = default;
  /// Frees the index first, since it lies after the entries: so both can be returned to the arena.
  FrameMap& operator=(FrameMap&& other) noexcept {
    index_ = std::move(other.index_);
    entries_ = std::move(other.entries_);
    hash_ = std::move(other.hash_);
    eq_ = std::move(other.eq_);
    return *this;
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  /// Result: entries that fit before the map grows.
  [[nodiscard]] std::size_t capacity() const noexcept {
    return entries_.capacity() == 0 ? 0 : detail::FrameIndex::good_load(index_.buckets());
  }
  [[nodiscard]] FrameArena& arena() const noexcept { return entries_.arena(); }

  [[nodiscard]] iterator begin() noexcept { return iterator(entries_.begin()); }
  [[nodiscard]] iterator end() noexcept { return iterator(entries_.end()); }
  [[nodiscard]] const_iterator begin() const noexcept { return const_iterator(entries_.begin()); }
  [[nodiscard]] const_iterator end() const noexcept { return const_iterator(entries_.end()); }
  [[nodiscard]] const_iterator cbegin() const noexcept { return begin(); }
  [[nodiscard]] const_iterator cend() const noexcept { return end(); }

  // --- Looking up ---
  /// Keys of string kinds are found by anything that converts to a std::string_view.
  /// Result: the entry, or end().
  [[nodiscard]] iterator find(const K& key) noexcept { return iterator(look_up(key)); }
  [[nodiscard]] const_iterator find(const K& key) const noexcept {
    return const_iterator(look_up(key));
  }
  template <class Q>
    requires kLooksUp<Q>
  [[nodiscard]] iterator find(const Q& key) noexcept {
    return iterator(look_up(key));
  }
  template <class Q>
    requires kLooksUp<Q>
  [[nodiscard]] const_iterator find(const Q& key) const noexcept {
    return const_iterator(look_up(key));
  }
  /// Result: the value, or null if the key is not found.
  [[nodiscard]] V* get(const K& key) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return value_of(look_up(key));
  }
  [[nodiscard]] const V* get(const K& key) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return value_of(look_up(key));
  }
  template <class Q>
    requires kLooksUp<Q>
  [[nodiscard]] V* get(const Q& key) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return value_of(look_up(key));
  }
  template <class Q>
    requires kLooksUp<Q>
  [[nodiscard]] const V* get(const Q& key) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return value_of(look_up(key));
  }
  [[nodiscard]] bool contains_key(const K& key) const noexcept {
    return look_up(key) != entries_.end();
  }
  template <class Q>
    requires kLooksUp<Q>
  [[nodiscard]] bool contains_key(const Q& key) const noexcept {
    return look_up(key) != entries_.end();
  }
  [[nodiscard]] bool contains(const auto& key) const noexcept { return contains_key(key); }
  [[nodiscard]] std::size_t count(const auto& key) const noexcept {
    return contains_key(key) ? 1 : 0;
  }

  // --- Adding. Result: the entry and whether it is new; {end(), false} when denied ---
  /// Arguments may refer to entries of the map.
  /// Effect: adds the entry unless the key exists; then nothing changes.
  std::pair<iterator, bool> insert(K key, V value, Here here = CallSite::current()) {
    return add(here.site, std::move(key), std::move(value));
  }
  std::pair<iterator, bool> insert(value_type entry, Here here = CallSite::current()) {
    return add(here.site, entry.first, std::move(entry.second));
  }
  /// Effect: adds the entry, or assigns a new value to the existing one, which needs no memory.
  std::pair<iterator, bool> insert_or_assign(K key, V value, Here here = CallSite::current()) {
    const auto result = add(here.site, std::move(key), std::move(value));
    // Neither was moved from unless the entry is new.
    if (!result.second && result.first != end()) result.first->second = std::move(value);
    return result;
  }
  // Effect: adds V(arguments...) unless the key exists. Arguments are moved from only if added.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                           \
  template <int = 0 FRAMEALLOC_LIST types>                                        \
  std::pair<iterator, bool> try_emplace(                                          \
      const K& key, FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return add(here.site, key FRAMEALLOC_LIST arguments);                         \
  }                                                                               \
  template <int = 0 FRAMEALLOC_LIST types>                                        \
  std::pair<iterator, bool> try_emplace(                                          \
      K&& key, FRAMEALLOC_LIST parameters Here here = CallSite::current()) {      \
    return add(here.site, std::move(key) FRAMEALLOC_LIST arguments);              \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  std::pair<iterator, bool> try_emplace(const K& key, A&&... arguments) {
    return add(CallSite::of_function(FRAMEALLOC_FUNCTION), key, std::forward<A>(arguments)...);
  }
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  std::pair<iterator, bool> try_emplace(K&& key, A&&... arguments) {
    return add(CallSite::of_function(FRAMEALLOC_FUNCTION), std::move(key),
               std::forward<A>(arguments)...);
  }
  // Result: the value of the key, made from the arguments if it was missing; null when denied.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                      \
  template <int = 0 FRAMEALLOC_LIST types>                                                   \
  V* get_or_insert(K key, FRAMEALLOC_LIST parameters Here here = CallSite::current())        \
      FRAMEALLOC_LIFETIMEBOUND {                                                             \
    return value_of(add(here.site, std::move(key) FRAMEALLOC_LIST arguments).first.entry()); \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  V* get_or_insert(K key, A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return value_of(add(CallSite::of_function(FRAMEALLOC_FUNCTION), std::move(key),
                        std::forward<A>(arguments)...)
                        .first.entry());
  }
  /// Effect: room for `capacity` entries in all. Result: false when denied.
  bool reserve(std::size_t capacity, Here here = CallSite::current()) noexcept {
    if (capacity <= this->capacity()) return true;
    if (capacity > detail::FrameIndex::kMostEntries) {
      return entries_.reserve(SIZE_MAX, here);  // which is denied, and reported as too large
    }
    return rebuild(detail::FrameIndex::buckets_for(capacity), here.site);
  }

  // --- Removing ---
  /// Result: how many were removed, 0 or 1.
  std::size_t erase(const K& key) noexcept { return erase_key(key); }
  template <class Q>
    requires(kLooksUp<Q> && !std::convertible_to<const Q&, const_iterator>)
  std::size_t erase(const Q& key) noexcept {
    return erase_key(key);
  }
  /// Result: the entry that took its place, so a loop that erases visits every entry once.
  iterator erase(const_iterator at) noexcept {
    const auto place = static_cast<std::size_t>(at.entry() - entries_.begin());
    erase_key(at->first);
    return iterator(entries_.begin() + place);
  }
  iterator erase(iterator at) noexcept { return erase(const_iterator(at)); }
  /// Effect: keeps the entries for which `keep(key, value)` holds. Result: how many were removed.
  template <class Predicate>
  std::size_t retain(Predicate keep) {
    const std::size_t before = size();
    for (iterator at = begin(); at != end();) {
      at = keep(at->first, at->second) ? std::next(at) : erase(at);
    }
    return before - size();
  }
  void clear() noexcept {
    if (entries_.capacity() == 0) return;
    entries_.clear();
    index_.clear();
  }

  void swap(FrameMap& other) noexcept { std::swap(*this, other); }
  friend void swap(FrameMap& a, FrameMap& b) noexcept { a.swap(b); }
  /// Result: a copy in the same arena, or nothing when denied.
  [[nodiscard]] std::optional<FrameMap> clone(Here here = CallSite::current()) const {
    FrameMap copy(arena(), size(), hash_, eq_, here);
    for (const auto& [key, value] : *this) {
      if (!copy.add(here.site, key, value).second) return std::nullopt;
    }
    return copy;
  }
  // Result: true when both have the same keys with the same values, in any order.
  friend bool operator==(const FrameMap& a, const FrameMap& b) {
    if (a.size() != b.size()) return false;
    for (const auto& [key, value] : a) {
      const V* const other = b.get(key);
      if (other == nullptr || !(*other == value)) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::uint64_t hash_of(const auto& key) const noexcept {
    return detail::mix_hash(static_cast<std::uint64_t>(hash_(key)));
  }
  template <class Q>
  [[nodiscard]] detail::FrameIndex::Place place_of(const Q& key) const noexcept {
    return index_.find(hash_of(key),
                       [&](std::uint32_t entry) { return eq_(entries_[entry].shown.first, key); });
  }
  // Result: the entry of the key, or the end.
  template <class Q>
  [[nodiscard]] Entry* look_up(const Q& key) const noexcept {
    Entry* const entries = const_cast<Entry*>(entries_.data());
    if (entries_.empty()) return entries;
    const auto place = place_of(key);
    return entries + (place.found ? index_.entry_at(place) : entries_.size());
  }
  [[nodiscard]] V* value_of(Entry* entry) const noexcept {
    return entry == entries_.end() ? nullptr : &entry->shown.second;
  }

  // The key and the arguments may refer to entries: the new one is made before the others move.
  template <class Key, class... A>
  std::pair<iterator, bool> add(const CallSite& site, Key&& key, A&&... arguments) {
    Entry* const present = look_up(key);
    if (present != entries_.end()) return {iterator(present), false};
    if (size() >= capacity()) {
      typename detail::FrameBuffer<Entry>::Storage storage;
      detail::FrameIndex index;
      // If growth is denied, keep filling the buckets that exist.
      const bool can_do_without = capacity() != 0 && size() + 1 < index_.buckets();
      if (grow(storage, index, site, can_do_without)) {
        Entry* const entry = entries_.buffer_.append_into(
            storage, std::in_place_t{}, std::forward<Key>(key), std::forward<A>(arguments)...);
        index_ = std::move(index);
        number_entries();
        return {iterator(entry), true};
      }
      if (!can_do_without) return {end(), false};
    }
    const auto number = static_cast<std::uint32_t>(entries_.size());
    // Find the place first: making the entry may consume the key.
    const auto place = place_of(key);
    Entry* const entry = entries_.emplace_back_at(site, std::in_place_t{}, std::forward<Key>(key),
                                                  std::forward<A>(arguments)...);
    if (entry == nullptr) return {end(), false};
    index_.enter(place, number);
    return {iterator(entry), true};
  }

  // Effect: memory for more entries and an index for them. Entries and index grow together, so an
  // event that empties the entries (the end of the frame, a rewind) never leaves a stale index.
  // Result: false when denied; then nothing changed.
  bool grow(typename detail::FrameBuffer<Entry>::Storage& storage, detail::FrameIndex& index,
            const CallSite& site, bool quiet) noexcept {
    if (entries_.capacity() == 0) index_.forget();
    if (size() >= detail::FrameIndex::kMostEntries) return false;
    const std::size_t buckets = capacity() == 0 ? 8 : index_.buckets() * 2;
    storage = entries_.buffer_.storage_for(detail::FrameIndex::good_load(buckets), site, quiet);
    if (storage.begin == nullptr) return false;
    if (index.renew(entries_.arena(), buckets, site, quiet)) return true;
    entries_.buffer_.drop(storage);
    return false;
  }
  void number_entries() noexcept {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      index_.add(hash_of(entries_[i].shown.first), static_cast<std::uint32_t>(i));
    }
  }
  bool rebuild(std::size_t buckets, const CallSite& site) noexcept {
    if (entries_.capacity() == 0) index_.forget();
    if (!entries_.reserve(detail::FrameIndex::good_load(buckets), site)) return false;
    if (!index_.renew(entries_.arena(), buckets, site)) return false;
    number_entries();
    return true;
  }
  template <class Q>
  std::size_t erase_key(const Q& key) noexcept {
    if (entries_.empty()) return 0;
    const auto place = place_of(key);
    if (!place.found) return 0;
    const std::uint32_t hole = index_.entry_at(place);
    index_.remove(place);
    const auto last = static_cast<std::uint32_t>(entries_.size() - 1);
    if (hole != last) {
      index_.renumber(hash_of(entries_[last].shown.first), last, hole);
      entries_[hole] = std::move(entries_[last]);
    }
    entries_.pop_back();
    return 1;
  }

  FrameVec<Entry> entries_;
  detail::FrameIndex index_;  // after the entries: destroyed, and returned, before them
  [[no_unique_address]] Hash hash_;
  [[no_unique_address]] Eq eq_;
};

}  // namespace framealloc
