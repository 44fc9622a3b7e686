// SPDX-License-Identifier: MIT OR Apache-2.0
// A vector in frame memory.
#pragma once

#include <framealloc/detail/container/failure.hpp>
#include <framealloc/detail/container/frame_buffer.hpp>

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc {

/// The interface of std::vector, with these differences:
/// - Nothing throws. Functions that may need memory return whether they got it (bool, or null for a
///   pointer, or end() for an iterator). If it was denied, the arena has reported why, and the
///   vector is unchanged.
/// - The vector grows in place, by a quarter, while it is the newest allocation of its arena; else
///   the elements move to a block of twice the size, and the old one stays unused until the frame
///   ends. If you know the size, pass it to frame_vec<T>(capacity) or reserve().
/// - Move-only; clone() copies.
/// - It belongs to the frame in which it was filled. Elements with a destructor are destroyed by
///   the vector or at the end of the frame, whichever comes first; the vector is empty afterward. A
///   vector of trivially destructible elements is not emptied, and must not be read after its
///   frame.
/// - After the arena was rewound to a checkpoint taken before the vector last grew, it must not be
///   used (destroying or assigning to it is fine).
/// Iterators, pointers and references: as for std::vector, invalidated by calls that make the
/// vector grow (unless enough was reserved) and, from their position on, by insert and erase; also
/// by the end of the frame. Moving the vector keeps them. T's move constructor should not throw.
/// Requirement: if the elements have destructors, the vector object itself must not be dropped
/// without its destructor before its frame ends. Thread contract: only the arena's own thread.
template <class T>
class FrameVec {
  static_assert(std::is_object_v<T> && !std::is_const_v<T>);

 public:
  using value_type = T;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using reference = T&;
  using const_reference = const T&;
  using pointer = T*;
  using const_pointer = const T*;
  using iterator = T*;
  using const_iterator = const T*;
  using reverse_iterator = std::reverse_iterator<iterator>;
  using const_reverse_iterator = std::reverse_iterator<const_iterator>;

  /// Effect: an empty vector with room for exactly `capacity` elements. Failure: a denied request
  /// is reported and shows as a smaller capacity().
  explicit FrameVec(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, std::size_t capacity = 0,
                    Here here = CallSite::current()) noexcept
      : buffer_(arena) {
    (void)buffer_.reserve_exactly(capacity, here.site);
  }
  FrameVec(FrameVec&&) noexcept = default;
  FrameVec& operator=(FrameVec&&) noexcept = default;
  /// Effect: replaces the content. Failure: if memory is denied, the vector is empty.
  FrameVec& operator=(std::initializer_list<T> values) {
    (void)assign(values, CallSite::of_function(FRAMEALLOC_FUNCTION));
    return *this;
  }

  // --- Reading ---
  [[nodiscard]] std::size_t size() const noexcept { return buffer_.size(); }
  [[nodiscard]] std::ptrdiff_t ssize() const noexcept { return buffer_.end() - buffer_.begin(); }
  [[nodiscard]] bool empty() const noexcept { return buffer_.begin() == buffer_.end(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return buffer_.capacity(); }
  [[nodiscard]] static constexpr std::size_t max_size() noexcept { return kMaxRequest / sizeof(T); }
  /// Result: how many elements try_push() still takes.
  [[nodiscard]] std::size_t remaining() const noexcept {
    return static_cast<std::size_t>(buffer_.limit() - buffer_.end());
  }
  [[nodiscard]] bool is_full() const noexcept { return buffer_.end() == buffer_.limit(); }
  [[nodiscard]] FrameArena& arena() const noexcept { return buffer_.arena(); }

  [[nodiscard]] T* data() noexcept FRAMEALLOC_LIFETIMEBOUND { return buffer_.begin(); }
  [[nodiscard]] const T* data() const noexcept FRAMEALLOC_LIFETIMEBOUND { return buffer_.begin(); }
  /// Requirement of these: the element exists.
  [[nodiscard]] T& operator[](std::size_t i) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return buffer_.begin()[i];
  }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return buffer_.begin()[i];
  }
  /// The same, verified at check level 1 and above: an index out of range ends the program.
  [[nodiscard]] T& at(std::size_t i) noexcept FRAMEALLOC_LIFETIMEBOUND { return *checked(i); }
  [[nodiscard]] const T& at(std::size_t i) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return *checked(i);
  }
  [[nodiscard]] T& front() noexcept FRAMEALLOC_LIFETIMEBOUND { return *buffer_.begin(); }
  [[nodiscard]] const T& front() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return *buffer_.begin();
  }
  [[nodiscard]] T& back() noexcept FRAMEALLOC_LIFETIMEBOUND { return buffer_.end()[-1]; }
  [[nodiscard]] const T& back() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return buffer_.end()[-1];
  }
  /// Result: the element, or null where there is none.
  [[nodiscard]] T* get(std::size_t i) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return i < size() ? buffer_.begin() + i : nullptr;
  }
  [[nodiscard]] const T* get(std::size_t i) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return i < size() ? buffer_.begin() + i : nullptr;
  }

  [[nodiscard]] iterator begin() noexcept FRAMEALLOC_LIFETIMEBOUND { return buffer_.begin(); }
  [[nodiscard]] iterator end() noexcept FRAMEALLOC_LIFETIMEBOUND { return buffer_.end(); }
  [[nodiscard]] const_iterator begin() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return buffer_.begin();
  }
  [[nodiscard]] const_iterator end() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return buffer_.end();
  }
  [[nodiscard]] const_iterator cbegin() const noexcept FRAMEALLOC_LIFETIMEBOUND { return begin(); }
  [[nodiscard]] const_iterator cend() const noexcept FRAMEALLOC_LIFETIMEBOUND { return end(); }
  [[nodiscard]] reverse_iterator rbegin() noexcept { return reverse_iterator(end()); }
  [[nodiscard]] reverse_iterator rend() noexcept { return reverse_iterator(begin()); }
  [[nodiscard]] const_reverse_iterator rbegin() const noexcept {
    return const_reverse_iterator(end());
  }
  [[nodiscard]] const_reverse_iterator rend() const noexcept {
    return const_reverse_iterator(begin());
  }
  [[nodiscard]] std::span<T> span() noexcept FRAMEALLOC_LIFETIMEBOUND { return {data(), size()}; }
  [[nodiscard]] std::span<const T> span() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return {data(), size()};
  }

  // --- Adding ---
  /// Arguments may refer to elements of the vector, and ranges may consist of them. A denial is
  /// reported with the call site.
  FRAMEALLOC_ALWAYS_INLINE bool push_back(const T& value, Here here = CallSite::current()) {
    return emplace_back_at(here.site, value) != nullptr;
  }
  FRAMEALLOC_ALWAYS_INLINE bool push_back(T&& value, Here here = CallSite::current()) {
    return emplace_back_at(here.site, std::move(value)) != nullptr;
  }
  // Effect: appends T(arguments...).
  // Result: the new element, or null when denied (std::vector's reference could not say so).
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                        \
  template <int = 0 FRAMEALLOC_LIST types>                                                     \
  FRAMEALLOC_ALWAYS_INLINE T* emplace_back(FRAMEALLOC_LIST parameters Here here =              \
                                               CallSite::current()) FRAMEALLOC_LIFETIMEBOUND { \
    return emplace_back_at(here.site FRAMEALLOC_LIST arguments);                               \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  T* emplace_back(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return emplace_back_at(CallSite::of_function(FRAMEALLOC_FUNCTION),
                           std::forward<A>(arguments)...);
  }
  /// The same, but reports name `site`.
  template <class... A>
  FRAMEALLOC_ALWAYS_INLINE T* emplace_back_at(const CallSite& site,
                                              A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    T* const at = buffer_.end();
    if constexpr (detail::FrameBuffer<T>::kByValue) {
      alignas(T) std::byte home[sizeof(T)];
      const T value = *detail::construct<T>(home, std::forward<A>(arguments)...);
      if (at == buffer_.limit()) [[unlikely]]
        return buffer_.append_value_growing(value, site);
      ::new (static_cast<void*>(at)) T(value);
    } else {
      if (at == buffer_.limit()) [[unlikely]] {
        return buffer_.append_growing(site, std::forward<A>(arguments)...);
      }
      detail::construct<T>(at, std::forward<A>(arguments)...);
    }
    buffer_.set_end(at + 1);
    return at;
  }
  /// Effect: appends if there is room; never grows. Result: false when full; the value is
  /// untouched.
  [[nodiscard]] bool try_push(const T& value) { return try_emplace(value) != nullptr; }
  [[nodiscard]] bool try_push(T&& value) { return try_emplace(std::move(value)) != nullptr; }
  /// The same for a new element. Result: the element, or null when full.
  template <class... A>
  [[nodiscard]] T* try_emplace(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return is_full() ? nullptr : emplace_back_at(CallSite{}, std::forward<A>(arguments)...);
  }
  /// Effect: appends the elements of [first, last) until memory is denied. Result: how many.
  template <std::input_iterator I, std::sentinel_for<I> S>
  std::size_t extend_from_iter(I first, S last, Here here = CallSite::current());
  template <std::ranges::input_range R>
  std::size_t extend_from_iter(R&& range, Here here = CallSite::current()) {
    using std::begin, std::end;
    return extend_from_iter(begin(range), end(range), here);
  }
  /// Effect: appends the range, or as much of it as memory allows. Result: true when all of it.
  template <std::ranges::input_range R>
  bool append_range(R&& range, Here here = CallSite::current()) {
    using std::begin, std::end;
    auto first = begin(range);
    if constexpr (std::ranges::forward_range<R>) {
      const std::size_t count = detail::count_between(first, end(range));
      return extend_from_iter(first, end(range), here) == count;
    } else {
      for (; first != end(range); ++first) {
        if (emplace_back_at(here.site, *first) == nullptr) return false;
      }
      return true;
    }
  }

  /// Effect: inserts before `at`. Result: the first new element, or end() if denied.
  iterator insert(const_iterator at, const T& value, Here here = CallSite::current()) {
    return emplace_at(here.site, at, value);
  }
  iterator insert(const_iterator at, T&& value, Here here = CallSite::current()) {
    return emplace_at(here.site, at, std::move(value));
  }
  iterator insert(const_iterator at, std::size_t count, const T& value,
                  Here here = CallSite::current()) {
    const std::size_t index = index_of(at);
    const std::size_t before = size();
    const T kept(value);
    if (!buffer_.make_room(count, here.site)) return end();
    std::uninitialized_fill_n(end(), count, kept);
    buffer_.set_end(end() + count);
    return turn_in(index, before);
  }
  template <std::input_iterator I>
  iterator insert(const_iterator at, I first, I last, Here here = CallSite::current());
  iterator insert(const_iterator at, std::initializer_list<T> values,
                  Here here = CallSite::current()) {
    return insert(at, values.begin(), values.end(), here);
  }
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                          \
  template <int = 0 FRAMEALLOC_LIST types>                                       \
  iterator emplace(const_iterator at,                                            \
                   FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return emplace_at(here.site, at FRAMEALLOC_LIST arguments);                  \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  iterator emplace(const_iterator at, A&&... arguments) {
    return emplace_at(CallSite::of_function(FRAMEALLOC_FUNCTION), at,
                      std::forward<A>(arguments)...);
  }

  /// Effect: replaces the content. Result: false when denied; the vector is empty then.
  bool assign(std::size_t count, const T& value, Here here = CallSite::current()) {
    const T kept(value);  // it may be an element
    clear();
    return resize(count, kept, here);
  }
  template <std::input_iterator I, std::sentinel_for<I> S>
  bool assign(I first, S last, Here here = CallSite::current());
  bool assign(std::initializer_list<T> values, Here here = CallSite::current()) {
    return assign(values.begin(), values.end(), here);
  }
  /// Effect: added elements are value-initialized, or copies. Result: false when denied.
  bool resize(std::size_t count, Here here = CallSite::current()) {
    return resize_with(
        count, [](T* from, T* to) { std::uninitialized_value_construct(from, to); }, here.site);
  }
  bool resize(std::size_t count, const T& value, Here here = CallSite::current()) {
    const T kept(value);
    return resize_with(
        count, [&](T* from, T* to) { std::uninitialized_fill(from, to, kept); }, here.site);
  }
  /// Effect: room for `capacity` elements in all, exactly. Result: false when denied.
  bool reserve(std::size_t capacity, Here here = CallSite::current()) noexcept {
    return buffer_.reserve_exactly(capacity, here.site);
  }
  /// Effect: room for `more` further elements, growing in proportion. Result: false when denied.
  bool make_room(std::size_t more, Here here = CallSite::current()) noexcept {
    return buffer_.make_room(more, here.site);
  }

  // --- Removing ---
  void pop_back() noexcept {
    buffer_.set_end(buffer_.end() - 1);
    std::destroy_at(buffer_.end());
  }
  /// Result: the last element, or nothing from an empty vector.
  [[nodiscard]] std::optional<T> pop() {
    if (empty()) return std::nullopt;
    std::optional<T> last(std::move(back()));
    pop_back();
    return last;
  }
  iterator erase(const_iterator at) { return erase(at, at + 1); }
  iterator erase(const_iterator first, const_iterator last) {
    T* const from = begin() + index_of(first);
    T* const to = begin() + index_of(last);
    if (from != to) drop_from(std::move(to, end(), from));
    return from;
  }
  /// Effect: keeps the elements for which `keep` holds, in their order. Result: how many were
  /// removed.
  template <class Predicate>
  std::size_t retain(Predicate keep) {
    const std::size_t before = size();
    drop_from(std::remove_if(begin(), end(), [&](T& element) { return !keep(element); }));
    return before - size();
  }
  /// Effect: destroys the elements; the memory stays reserved.
  void clear() noexcept { buffer_.clear(); }
  /// Effect: gives unused memory back to the arena if the vector is the newest thing in it.
  void shrink_to_fit() noexcept { buffer_.shrink(); }

  /// Effect: releases the elements to the frame, where they stay as long as its memory; the vector
  /// is empty afterward and has no memory. Returns unused memory as shrink_to_fit() does. Result:
  /// the elements.
  [[nodiscard]] std::span<T> into_span() noexcept
    requires std::is_trivially_destructible_v<T>
  {
    buffer_.shrink();
    const std::span<T> elements = span();
    buffer_.give_up();
    return elements;
  }

  void swap(FrameVec& other) noexcept { buffer_.swap(other.buffer_); }
  friend void swap(FrameVec& a, FrameVec& b) noexcept { a.swap(b); }

  /// Result: a copy in the same arena, or nothing when denied.
  [[nodiscard]] std::optional<FrameVec> clone(Here here = CallSite::current()) const {
    FrameVec copy(arena(), size(), here);
    if (copy.extend_from_iter(begin(), end(), here) != size()) return std::nullopt;
    return copy;
  }

  friend bool operator==(const FrameVec& a, const FrameVec& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }
  friend auto operator<=>(const FrameVec& a, const FrameVec& b)
    requires std::three_way_comparable<T>
  {
    return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  template <class, class, class, class>
  friend class FrameMap;
  friend class FrameString;
  [[nodiscard]] std::size_t index_of(const_iterator at) const noexcept {
    return static_cast<std::size_t>(at - buffer_.begin());
  }
  [[nodiscard]] T* checked(std::size_t i) const noexcept {
    if constexpr (kCheckLevel >= 1) {
      if (i >= size()) detail::index_out_of_range(i, size());
    }
    return buffer_.begin() + i;
  }
  template <class... A>
  iterator emplace_at(const CallSite& site, const_iterator at, A&&... arguments) {
    const std::size_t index = index_of(at);
    const std::size_t before = size();
    if (emplace_back_at(site, std::forward<A>(arguments)...) == nullptr) return end();
    return turn_in(index, before);
  }
  // Effect: moves the elements from `before` on to `index`.
  iterator turn_in(std::size_t index, std::size_t before) {
    std::rotate(begin() + index, begin() + before, end());
    return begin() + index;
  }
  void drop_from(T* first) noexcept {
    detail::destroy_backwards(first, end());
    buffer_.set_end(first);
  }
  template <class Fill>
  bool resize_with(std::size_t count, Fill fill, const CallSite& site) {
    if (count < size()) {
      drop_from(begin() + count);
      return true;
    }
    if (!buffer_.make_room(count - size(), site)) return false;
    fill(end(), begin() + count);
    buffer_.set_end(begin() + count);
    return true;
  }

  detail::FrameBuffer<T> buffer_;
};

/// Without a finalizer, no record holds the vector's address.
template <class T>
struct IsTriviallyRelocatable<FrameVec<T>> : std::is_trivially_destructible<T> {};

}  // namespace framealloc

#include <framealloc/detail/container/frame_vec_inline.hpp>
