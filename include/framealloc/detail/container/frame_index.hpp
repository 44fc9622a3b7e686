// SPDX-License-Identifier: MIT OR Apache-2.0
// The hash index under FrameMap: from a hash to the numbers of the entries that have it.
#pragma once

#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/frame_arena.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::detail {

// Open addressing with linear probing, kept in the order of the distance from home ("Robin Hood",
// Pedro Celis), removal by shifting back, so there are no tombstones and no load beyond which it
// breaks. A bucket keeps distance and eight bits of the hash in one word, so that one comparison
// tells "may be it", "cannot be behind this" and "go on"; the entries lie elsewhere, dense. (That
// split is the idea of Martin Ankerl's unordered_dense.)
class FrameIndex {
 public:
  // Where a search ended: at the entry, or where a new one belongs.
  struct Place {
    std::size_t at;
    std::uint32_t mark;
    bool found;
  };
  static constexpr std::size_t kMostEntries = UINT32_MAX - 1;

  FrameIndex() noexcept = default;
  FrameIndex(const FrameIndex&) = delete;
  FrameIndex& operator=(const FrameIndex&) = delete;
  FrameIndex(FrameIndex&& other) noexcept { take(other); }
  FrameIndex& operator=(FrameIndex&& other) noexcept {
    if (this != &other) {
      give_back();
      take(other);
    }
    return *this;
  }
  ~FrameIndex() { give_back(); }

  [[nodiscard]] std::size_t buckets() const noexcept { return buckets_ == nullptr ? 0 : mask_ + 1; }
  // Result: entries that `buckets` buckets take before searches become long: four fifths.
  [[nodiscard]] static constexpr std::size_t good_load(std::size_t buckets) noexcept {
    return buckets / 5 * 4 + buckets % 5 * 4 / 5;
  }
  // Result: the least number of buckets, a power of two, for which good_load() is `entries` or
  // more.
  [[nodiscard]] static constexpr std::size_t buckets_for(std::size_t entries) noexcept {
    std::size_t buckets = std::bit_ceil(entries < 8 ? std::size_t{8} : entries);
    return good_load(buckets) < entries ? buckets * 2 : buckets;
  }

  // Effect: an empty index of `count` buckets, a power of two from 8 on; the old one is dropped.
  // Result: false when memory is denied; then nothing changed. `quiet`: it is not reported.
  bool renew(FrameArena& arena, std::size_t count, const CallSite& site,
             bool quiet = false) noexcept {
    auto* const fresh = quiet ? arena.alloc_batch_quietly<Bucket>(count, site)
                              : arena.alloc_batch<Bucket>(count, site);
    if (fresh == nullptr) return false;
    buckets_ = fresh;
    mask_ = count - 1;
    shift_ = static_cast<unsigned>(64 - std::countr_zero(count));
    arena_ = &arena;
    epoch_ = arena.epoch();
    clear();
    return true;
  }
  // Effect: forgets buckets whose memory is gone.
  void forget() noexcept { buckets_ = nullptr; }
  void clear() noexcept {
    if (buckets_ != nullptr) clear_bytes(buckets_, buckets() * sizeof(Bucket));
  }

  // Result: the place of the entry with this hash for whose number `is_it` says yes.
  // Requirement: buckets, and one of them free.
  template <class IsIt>
  [[nodiscard]] Place find(std::uint64_t hash, IsIt is_it) const {
    std::size_t at = hash >> shift_;
    std::uint32_t mark = first_mark(hash);
    for (;; at = next(at), mark += kOneFurther) {
      const Bucket& bucket = buckets_[at];
      if (bucket.mark == mark && is_it(bucket.entry)) return {at, mark, true};
      if (bucket.mark < mark) return {at, mark, false};
    }
  }
  [[nodiscard]] std::uint32_t entry_at(const Place& place) const noexcept {
    return buckets_[place.at].entry;
  }
  // Effect: enters an entry where find() did not find it.
  void enter(const Place& place, std::uint32_t entry) noexcept {
    Bucket carried{place.mark, entry};
    for (std::size_t at = place.at;; at = next(at)) {
      detail::swap_values(carried, buckets_[at]);
      if (carried.mark == 0) return;
      carried.mark += kOneFurther;
    }
  }
  // Effect: enters an entry that is known to be new.
  void add(std::uint64_t hash, std::uint32_t entry) noexcept {
    enter(find(hash, [](std::uint32_t) { return false; }), entry);
  }
  // Effect: takes a found entry out.
  void remove(const Place& place) noexcept {
    std::size_t at = place.at;
    for (;;) {
      const std::size_t behind = next(at);
      if (buckets_[behind].mark < 2 * kOneFurther) break;  // empty, or at home
      buckets_[at] = {buckets_[behind].mark - kOneFurther, buckets_[behind].entry};
      at = behind;
    }
    buckets_[at] = {0, 0};
  }
  // Effect: the entry `from` is known as `to`.
  void renumber(std::uint64_t hash, std::uint32_t from, std::uint32_t to) noexcept {
    buckets_[find(hash, [from](std::uint32_t entry) { return entry == from; }).at].entry = to;
  }

 private:
  // mark: distance from home plus one, in units of kOneFurther, and eight bits of the hash below.
  // The distance fits: it ends where 2^24 entries have one and the same hash.
  struct Bucket {
    std::uint32_t mark;
    std::uint32_t entry;
  };
  static constexpr std::uint32_t kOneFurther = 256;

  [[nodiscard]] static std::uint32_t first_mark(std::uint64_t hash) noexcept {
    return kOneFurther | static_cast<std::uint32_t>(hash & (kOneFurther - 1));
  }
  [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask_; }
  void take(FrameIndex& other) noexcept {
    buckets_ = detail::exchange_value(other.buckets_, nullptr);
    mask_ = other.mask_;
    shift_ = other.shift_;
    arena_ = other.arena_;
    epoch_ = other.epoch_;
  }
  void give_back() noexcept {
    if (buckets_ == nullptr || !arena_->holds(epoch_)) return;
    arena_->shrink_top(buckets_, buckets() * sizeof(Bucket), 0);
  }

  Bucket* buckets_ = nullptr;
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  FrameArena* arena_ = nullptr;
  std::uint64_t epoch_ = 0;
};

}  // namespace framealloc::detail
