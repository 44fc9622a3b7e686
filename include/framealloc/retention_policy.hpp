// SPDX-License-Identifier: MIT OR Apache-2.0
// What happens to an object in frame memory when its frame ends.
#pragma once

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

/// Where a retained object goes. A value; the view of a scratch pool's name must live only until
/// the call that takes it returns.
class RetentionPolicy {
 public:
  enum class Kind : std::uint8_t { Discard, Pool, Heap, Scratch };

  /// The object ends with its frame.
  FRAMEALLOC_OWN_COPY static const RetentionPolicy Discard;
  /// The object moves to the pool or the heap; take it from the PromotionResult to own it.
  FRAMEALLOC_OWN_COPY static const RetentionPolicy PromoteToPool;
  FRAMEALLOC_OWN_COPY static const RetentionPolicy PromoteToHeap;
  /// The object moves to the scratch pool of that name and lives until the pool is reset. If there
  /// is no such pool, it is made with `capacity` bytes; without a capacity the promotion fails.
  [[nodiscard]] static constexpr RetentionPolicy PromoteToScratch(
      std::string_view name, std::size_t capacity = 0) noexcept {
    return {Kind::Scratch, name, capacity};
  }

  constexpr RetentionPolicy() noexcept = default;  ///< Discard

  [[nodiscard]] constexpr Kind kind() const noexcept { return kind_; }
  [[nodiscard]] constexpr bool promotes() const noexcept { return kind_ != Kind::Discard; }
  /// Result: "discard", "pool", "heap", or the name of the scratch pool.
  [[nodiscard]] constexpr std::string_view destination() const noexcept {
    switch (kind_) {
      case Kind::Pool:
        return "pool";
      case Kind::Heap:
        return "heap";
      case Kind::Scratch:
        return scratch_;
      case Kind::Discard:
      default:
        return "discard";
    }
  }
  /// Result: name and capacity of the scratch pool; empty and 0 for other destinations.
  [[nodiscard]] constexpr std::string_view scratch_name() const noexcept { return scratch_; }
  [[nodiscard]] constexpr std::size_t scratch_capacity() const noexcept { return capacity_; }
  friend constexpr bool operator==(const RetentionPolicy&,
                                   const RetentionPolicy&) noexcept = default;

 private:
  constexpr RetentionPolicy(Kind kind, std::string_view scratch, std::size_t capacity) noexcept
      : kind_(kind), scratch_(scratch), capacity_(capacity) {}

  Kind kind_ = Kind::Discard;
  std::string_view scratch_{};
  std::size_t capacity_ = 0;
};
FRAMEALLOC_OWN_COPY inline constexpr RetentionPolicy RetentionPolicy::Discard{};
FRAMEALLOC_OWN_COPY inline constexpr RetentionPolicy RetentionPolicy::PromoteToPool{
    Kind::Pool, {}, 0};
FRAMEALLOC_OWN_COPY inline constexpr RetentionPolicy RetentionPolicy::PromoteToHeap{
    Kind::Heap, {}, 0};

/// The same decision, expressed as the purpose of the object.
class Importance {
 public:
  FRAMEALLOC_OWN_COPY static const Importance Ephemeral;  ///< of this frame only: Discard
  FRAMEALLOC_OWN_COPY static const Importance Reusable;   ///< made and dropped often: PromoteToPool
  FRAMEALLOC_OWN_COPY static const Importance Persistent;  ///< stays: PromoteToHeap
  /// Belongs to a named scratch pool: PromoteToScratch.
  [[nodiscard]] static constexpr Importance Scratch(std::string_view name,
                                                    std::size_t capacity = 0) noexcept {
    return Importance(RetentionPolicy::PromoteToScratch(name, capacity));
  }

  constexpr Importance() noexcept = default;  ///< Ephemeral
  [[nodiscard]] constexpr RetentionPolicy policy() const noexcept { return policy_; }
  friend constexpr bool operator==(const Importance&, const Importance&) noexcept = default;

 private:
  constexpr explicit Importance(RetentionPolicy policy) noexcept : policy_(policy) {}

  RetentionPolicy policy_{};
};
FRAMEALLOC_OWN_COPY inline constexpr Importance Importance::Ephemeral{};
FRAMEALLOC_OWN_COPY inline constexpr Importance Importance::Reusable{
    RetentionPolicy::PromoteToPool};
FRAMEALLOC_OWN_COPY inline constexpr Importance Importance::Persistent{
    RetentionPolicy::PromoteToHeap};

}  // namespace framealloc
