// SPDX-License-Identifier: MIT OR Apache-2.0
// A name for an object that may move: what a program keeps instead of a pointer.
#pragma once

#include <framealloc/ids.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace framealloc {

/// Index and generation, 32 bits each. The generation tells the object that the handle was made for
/// from the next one in the same slot, so a stale handle finds nothing and never another object.
/// Copies name the same object. A default-made handle names none.
/// Thread contract: an ordinary value.
template <class T>
class Handle {
 public:
  using value_type = T;

  constexpr Handle() = default;
  /// Effect: none is checked here; an id that was made up is found out where it is used.
  explicit constexpr Handle(GenerationalId id) noexcept : id_(id) {}
  constexpr Handle(std::uint32_t index, std::uint32_t generation) noexcept
      : id_{index, generation} {}

  /// Result: a handle that refers to nothing.
  [[nodiscard]] static constexpr Handle dangling() noexcept { return Handle(); }
  /// Result: true when the handle was never given an object. A handle whose object is gone is not
  /// dangling but stale: HandleAllocator::is_valid() tells.
  [[nodiscard]] constexpr bool is_dangling() const noexcept { return id_.is_dangling(); }
  [[nodiscard]] explicit constexpr operator bool() const noexcept { return !is_dangling(); }
  /// Result: the place of the slot.
  [[nodiscard]] constexpr std::uint32_t raw_index() const noexcept { return id_.index; }
  /// Result: how often the slot was used before.
  [[nodiscard]] constexpr std::uint32_t raw_generation() const noexcept { return id_.generation; }
  /// Its number, which stays the same while the allocator lives.
  [[nodiscard]] constexpr GenerationalId id() const noexcept { return id_; }

  friend constexpr auto operator<=>(const Handle&, const Handle&) = default;

 private:
  GenerationalId id_;
};

}  // namespace framealloc

template <class T>
struct std::hash<framealloc::Handle<T>> {
  [[nodiscard]] std::size_t operator()(const framealloc::Handle<T>& handle) const noexcept {
    // Handles that live at one time differ in their index, often by one: a multiplication spreads
    // them (the constant is 2^64 divided by the golden ratio, as in Fibonacci hashing).
    const std::uint64_t both =
        (static_cast<std::uint64_t>(handle.raw_generation()) << 32) | handle.raw_index();
    const std::uint64_t mixed = both * 0x9E3779B97F4A7C15ULL;
    return std::hash<std::uint64_t>{}(mixed ^ (mixed >> 32));
  }
};
