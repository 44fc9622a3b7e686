// SPDX-License-Identifier: MIT OR Apache-2.0
// A string in frame memory.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/frame_vec.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string_view>
#include <utility>

namespace framealloc {

/// The interface of std::string, with the differences of FrameVec: nothing throws, functions that
/// may need memory return whether they got it and change nothing if denied, growth is in place
/// while the string is the newest allocation of its arena, move-only with clone(). Always
/// NUL-terminated; a string that never held anything has no memory, and c_str() is "". It is read
/// through std::string_view, to which it converts. Arguments may refer to the string itself. Must
/// not be read after its frame. Thread contract: only the arena's own thread.
class FRAMEALLOC_API FrameString {
 public:
  using value_type = char;
  using size_type = std::size_t;
  using iterator = char*;
  using const_iterator = const char*;
  static constexpr std::size_t npos = std::string_view::npos;

  /// Effect: an empty string with room for `capacity` characters. Failure: a denied request is
  /// reported and shows as a smaller capacity().
  explicit FrameString(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, std::size_t capacity = 0,
                       Here here = CallSite::current()) noexcept;
  /// Effect: a copy of `text`; empty when memory is denied.
  template <class Text>
    requires std::convertible_to<const Text&, std::string_view>
  FrameString(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, const Text& text,
              Here here = CallSite::current()) noexcept
      : FrameString(arena, std::size_t{0}, here) {
    (void)append(text, here);
  }
  FrameString(FrameString&&) noexcept = default;
  FrameString& operator=(FrameString&&) noexcept = default;
  /// Effect: becomes a copy of `text`; unchanged when memory is denied.
  FrameString& operator=(detail::Placed<std::string_view> text) noexcept {
    (void)assign(text.value, text.site);
    return *this;
  }

  // --- Reading ---
  [[nodiscard]] std::size_t size() const noexcept { return chars_.size(); }
  [[nodiscard]] std::size_t length() const noexcept { return chars_.size(); }
  [[nodiscard]] bool empty() const noexcept { return chars_.empty(); }
  /// Result: characters that fit without growing, not counting the NUL.
  [[nodiscard]] std::size_t capacity() const noexcept {
    return chars_.capacity() == 0 ? 0 : chars_.capacity() - 1;
  }
  [[nodiscard]] FrameArena& arena() const noexcept { return chars_.arena(); }
  [[nodiscard]] const char* c_str() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return chars_.capacity() == 0 ? "" : chars_.data();
  }
  /// c_str(), or null for a string that never held anything: it has no memory to write to.
  [[nodiscard]] char* data() noexcept FRAMEALLOC_LIFETIMEBOUND { return chars_.data(); }
  [[nodiscard]] const char* data() const noexcept FRAMEALLOC_LIFETIMEBOUND { return c_str(); }
  [[nodiscard]] std::string_view view() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return {c_str(), size()};
  }
  operator std::string_view() const noexcept FRAMEALLOC_LIFETIMEBOUND { return view(); }
  /// Requirement of these: the character exists; at() as FrameVec::at().
  [[nodiscard]] char& operator[](std::size_t i) noexcept { return chars_[i]; }
  [[nodiscard]] const char& operator[](std::size_t i) const noexcept { return chars_[i]; }
  [[nodiscard]] char& at(std::size_t i) noexcept { return chars_.at(i); }
  [[nodiscard]] const char& at(std::size_t i) const noexcept { return chars_.at(i); }
  [[nodiscard]] char& front() noexcept { return chars_.front(); }
  [[nodiscard]] const char& front() const noexcept { return chars_.front(); }
  [[nodiscard]] char& back() noexcept { return chars_.back(); }
  [[nodiscard]] const char& back() const noexcept { return chars_.back(); }
  [[nodiscard]] iterator begin() noexcept { return chars_.begin(); }
  [[nodiscard]] iterator end() noexcept { return chars_.end(); }
  [[nodiscard]] const_iterator begin() const noexcept { return chars_.begin(); }
  [[nodiscard]] const_iterator end() const noexcept { return chars_.end(); }
  [[nodiscard]] const_iterator cbegin() const noexcept { return chars_.begin(); }
  [[nodiscard]] const_iterator cend() const noexcept { return chars_.end(); }

  /// As std::string_view's, but substr() does not throw: it clamps to the string.
  [[nodiscard]] std::string_view substr(std::size_t from, std::size_t count = npos) const noexcept {
    return view().substr(from < size() ? from : size(), count);
  }
  [[nodiscard]] std::size_t find(std::string_view text, std::size_t from = 0) const noexcept;
  [[nodiscard]] std::size_t find(char c, std::size_t from = 0) const noexcept;
  [[nodiscard]] std::size_t rfind(std::string_view text, std::size_t from = npos) const noexcept;
  [[nodiscard]] std::size_t rfind(char c, std::size_t from = npos) const noexcept;
  [[nodiscard]] std::size_t find_first_of(std::string_view set,
                                          std::size_t from = 0) const noexcept;
  [[nodiscard]] std::size_t find_last_of(std::string_view set,
                                         std::size_t from = npos) const noexcept;
  [[nodiscard]] bool starts_with(std::string_view text) const noexcept {
    return view().starts_with(text);
  }
  [[nodiscard]] bool ends_with(std::string_view text) const noexcept {
    return view().ends_with(text);
  }
  [[nodiscard]] bool contains(std::string_view text) const noexcept { return find(text) != npos; }
  [[nodiscard]] bool contains(char c) const noexcept { return find(c) != npos; }
  [[nodiscard]] int compare(std::string_view text) const noexcept;

  // --- Changing. Result, unless stated otherwise: false when denied; then nothing changed. ---
  bool push_back(char c, Here here = CallSite::current()) noexcept {
    if (chars_.remaining() < 2 && !make_room(2, here)) return false;
    (void)chars_.try_push(c);
    return close();
  }
  /// Requirement: not empty.
  void pop_back() noexcept {
    chars_.pop_back();
    (void)close();
  }
  bool append(std::string_view text, Here here = CallSite::current()) noexcept {
    // Without memory there is no room for the NUL either.
    if (text.empty() || text.size() >= chars_.remaining()) return append_growing(text, here);
    return append_fitting(text);
  }
  bool append(std::size_t count, char c, Here here = CallSite::current()) noexcept;
  /// Effect: appends, or leaves the string as it is when denied.
  FrameString& operator+=(detail::Placed<std::string_view> text) noexcept {
    (void)append(text.value, text.site);
    return *this;
  }
  FrameString& operator+=(detail::Placed<char> c) noexcept {
    (void)push_back(c.value, c.site);
    return *this;
  }
  bool assign(std::string_view text, Here here = CallSite::current()) noexcept {
    return replace(0, size(), text, here);
  }
  bool assign(std::size_t count, char c, Here here = CallSite::current()) noexcept;
  bool insert(std::size_t at, std::string_view text, Here here = CallSite::current()) noexcept {
    return replace(at, 0, text, here);
  }
  bool insert(std::size_t at, std::size_t count, char c, Here here = CallSite::current()) noexcept;
  FrameString& erase(std::size_t from = 0, std::size_t count = npos) noexcept;
  /// Effect: replaces `count` characters from `from` on by `text`; the range is clamped.
  bool replace(std::size_t from, std::size_t count, std::string_view text,
               Here here = CallSite::current()) noexcept;

  bool resize(std::size_t count, char c = '\0', Here here = CallSite::current()) noexcept;
  bool reserve(std::size_t capacity, Here here = CallSite::current()) noexcept;
  void clear() noexcept {
    chars_.clear();
    if (chars_.capacity() != 0) (void)close();
  }
  void shrink_to_fit() noexcept;
  void swap(FrameString& other) noexcept { chars_.swap(other.chars_); }
  friend void swap(FrameString& a, FrameString& b) noexcept { a.swap(b); }
  /// Result: a copy in the same arena, or nothing when denied.
  [[nodiscard]] std::optional<FrameString> clone(Here here = CallSite::current()) const noexcept;

  friend bool operator==(const FrameString& a, const FrameString& b) noexcept {
    return a.view() == b.view();
  }
  friend bool operator==(const FrameString& a, std::string_view b) noexcept {
    return a.view() == b;
  }
  friend bool operator==(const FrameString& a, const char* b) noexcept { return a.view() == b; }
  friend std::strong_ordering operator<=>(const FrameString& a, const FrameString& b) noexcept {
    return a.compare(b.view()) <=> 0;
  }
  friend std::strong_ordering operator<=>(const FrameString& a, std::string_view b) noexcept {
    return a.compare(b) <=> 0;
  }
  friend std::strong_ordering operator<=>(const FrameString& a, const char* b) noexcept {
    return a.compare(b) <=> 0;
  }
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const FrameString& text) {
    return out << text.view();
  }

 private:
  // In the library, so that not every unit compiles what makes a vector of characters grow.
  [[nodiscard]] bool make_room(std::size_t more, Here here) noexcept;
  [[nodiscard]] bool append_growing(std::string_view text, Here here) noexcept;
  // Requirement: room for `text`, which is not empty, and the NUL.
  bool append_fitting(std::string_view text) noexcept {
    detail::copy_bytes(chars_.end(), text.data(), text.size());
    chars_.buffer_.set_end(chars_.end() + text.size());
    return close();
  }
  // Effect: writes the NUL. Requirement: room for it.
  bool close() noexcept {
    *chars_.end() = '\0';
    return true;
  }

  FrameVec<char> chars_;  // has room for one more than it holds, or no memory at all
};

template <>
struct IsTriviallyRelocatable<FrameString> : std::true_type {};

}  // namespace framealloc

template <>
struct std::hash<framealloc::FrameString> {
  std::size_t operator()(const framealloc::FrameString& text) const noexcept {
    return std::hash<std::string_view>()(text.view());
  }
};
