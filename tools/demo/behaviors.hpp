// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "checksum.hpp"
#include "pcg32.hpp"
#include "side.hpp"

namespace fa_demo {

/// What a thing in the world knows and wants: of a size that depends on its kind.
template <std::size_t words>
struct Behavior {
  explicit Behavior(std::uint32_t seed) noexcept : mood(seed) {
    for (std::size_t i = 0; i < words; ++i) memory[i] = seed + static_cast<std::uint32_t>(i);
  }
  void think(std::uint32_t input) noexcept {
    mood = mood * 1664525U + input;
    memory[mood % words] ^= input;
  }
  std::uint32_t mood;
  std::array<std::uint32_t, words> memory;
};

/// Objects of three sizes that come and go without an order, named by handles: memory that would
/// fragment. Policy::Table may move them together while nobody looks.
template <class Policy>
class Behaviors {
 public:
  static constexpr std::uint32_t kCount = 2400;
  static constexpr std::uint32_t kChangesPerFrame = 32;

  Behaviors(Policy& policy, std::uint64_t seed)
      : policy_(policy), rng_(seed, 17), small_(policy), medium_(policy), large_(policy) {
    const auto tag = policy_.tag("game::behaviors");
    for (std::uint32_t i = 0; i < kCount; ++i) add();
  }
  ~Behaviors() {
    while (count() != 0) remove(static_cast<std::uint32_t>(count()) - 1);
  }
  Behaviors(const Behaviors&) = delete;
  Behaviors& operator=(const Behaviors&) = delete;

  /// Some end, as many come, all think; then a little tidying up.
  void update(std::uint64_t frame) {
    const auto tag = policy_.tag("game::behaviors");
    for (std::uint32_t i = 0; i < kChangesPerFrame; ++i) {
      remove(rng_.below(static_cast<std::uint32_t>(count())));
      add();
    }
    const auto input = static_cast<std::uint32_t>(frame);
    small_.for_each([input](auto& behavior) { behavior.think(input); });
    medium_.for_each([input](auto& behavior) { behavior.think(input); });
    large_.for_each([input](auto& behavior) { behavior.think(input); });
    policy_.tidy_handles();
  }

  std::size_t count() const noexcept { return small_.size() + medium_.size() + large_.size(); }

  void add_to(Checksum& sum) {
    const auto add = [&sum](const auto& behavior) {
      sum.add((static_cast<std::uint64_t>(behavior.mood) << 32U) | behavior.memory[3]);
    };
    small_.for_each(add);
    medium_.for_each(add);
    large_.for_each(add);
  }

 private:
  using Small = Behavior<60>;
  using Medium = Behavior<250>;
  using Large = Behavior<1000>;

  /// Handles in one row, whose objects are behind them.
  template <class T>
  class Row {
   public:
    explicit Row(Policy& policy)
        : table_(policy.template table<T>()), refs_(policy.template lasting_vec<Ref>()) {
      refs_.reserve(kCount);
    }
    void add(std::uint32_t seed) { refs_.push_back(table_.make(seed)); }
    void remove(std::size_t index) {
      table_.drop(refs_[index]);
      refs_[index] = refs_.back();
      refs_.pop_back();
    }
    template <class Visit>
    void for_each(Visit&& visit) {
      table_.for_each(std::span<const Ref>(refs_.data(), refs_.size()), visit);
    }
    std::size_t size() const noexcept { return refs_.size(); }

   private:
    using Table = typename Policy::template Table<T>;
    using Ref = typename Table::Ref;
    Table table_;
    typename Policy::template LastingVec<Ref> refs_;
  };

  void add() {
    const std::uint32_t seed = ++made_;
    const std::uint32_t dice = rng_.below(4);
    if (dice == 0) {
      small_.add(seed);
    } else if (dice == 3) {
      large_.add(seed);
    } else {
      medium_.add(seed);
    }
  }
  void remove(std::size_t index) {
    if (index < small_.size()) return small_.remove(index);
    index -= small_.size();
    if (index < medium_.size()) return medium_.remove(index);
    large_.remove(index - medium_.size());
  }

  Policy& policy_;
  Pcg32 rng_;
  Row<Small> small_;
  Row<Medium> medium_;
  Row<Large> large_;
  std::uint32_t made_ = 0;
};

}  // namespace fa_demo
