// SPDX-License-Identifier: MIT OR Apache-2.0
// What OffsetAllocator promises, said in the plainest way: a sorted list of regions and loops over
// all of it.
#pragma once

#include <framealloc/gpu/offset_allocator.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace framealloc::gpu {

class OffsetModel {
 public:
  struct Region {
    std::uint64_t offset;
    std::uint64_t size;
    bool used;
    OffsetKind kind;
  };

  OffsetModel(std::uint64_t size, std::uint64_t granularity)
      : size_(size), granularity_(granularity), regions_{{0, size, false, OffsetKind::Linear}} {}

  /// Result: whether a free region can hold the request.
  [[nodiscard]] bool can_hold(std::uint64_t size, std::uint64_t alignment, OffsetKind kind) const {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      if (regions_[i].used || regions_[i].size < size) continue;
      // The lowest offset that suits whatever is in front is the best one for what is behind.
      std::uint64_t offset = regions_[i].offset;
      const std::uint64_t end = offset + regions_[i].size;
      if (!round_up(offset, alignment)) continue;
      while (offset < end && !suits_before(i, offset, kind)) {
        const std::uint64_t page = offset / granularity_ * granularity_;
        if (page > kNoOffset - granularity_) {
          offset = end;
          break;
        }
        offset = page + granularity_;
        if (!round_up(offset, alignment)) offset = end;
      }
      if (offset >= end || end - offset < size) continue;
      if (suits_behind(i, offset + size - 1, kind)) return true;
    }
    return false;
  }
  /// Effect: the range is used. Result: what is wrong with it, or nothing.
  [[nodiscard]] std::string add(std::uint64_t offset, std::uint64_t size, std::uint64_t alignment,
                                OffsetKind kind) {
    if (offset % alignment != 0) return "the offset is not aligned";
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      const Region whole = regions_[i];
      if (offset < whole.offset || offset - whole.offset >= whole.size) continue;
      if (whole.used) return "the offset lies in a range that is used";
      if (whole.size - (offset - whole.offset) < size) return "the range overlaps the one behind";
      if (!suits_before(i, offset, kind)) return "the page is that of the other kind in front";
      if (!suits_behind(i, offset + size - 1, kind)) return "the page is that of the kind behind";
      const std::uint64_t front = offset - whole.offset;
      const std::uint64_t rest = whole.size - front - size;
      regions_[i] = {offset, size, true, kind};
      if (rest != 0) insert(i + 1, {offset + size, rest, false, kind});
      if (front != 0) insert(i, {whole.offset, front, false, kind});
      return {};
    }
    return "the offset lies outside";
  }
  /// Effect: the range at `offset`, which is used, is free.
  void remove(std::uint64_t offset) {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      if (regions_[i].offset != offset || !regions_[i].used) continue;
      regions_[i].used = false;
      if (i + 1 < regions_.size() && !regions_[i + 1].used) join(i);
      if (i != 0 && !regions_[i - 1].used) join(i - 1);
      return;
    }
  }
  void reset() { regions_ = {{0, size_, false, OffsetKind::Linear}}; }

  [[nodiscard]] OffsetStats stats() const {
    OffsetStats stats;
    stats.size = size_;
    for (const Region& region : regions_) {
      if (region.used) {
        stats.used += region.size;
        ++stats.allocations;
      } else {
        stats.free += region.size;
        ++stats.free_regions;
        stats.largest_free = std::max(stats.largest_free, region.size);
      }
    }
    return stats;
  }
  [[nodiscard]] const std::vector<Region>& regions() const { return regions_; }

 private:
  /// Result: false when no multiple of `alignment` from `offset` on has 64 bits.
  static bool round_up(std::uint64_t& offset, std::uint64_t alignment) {
    const std::uint64_t over = offset % alignment;
    if (over == 0) return true;
    if (offset > kNoOffset - (alignment - over)) return false;
    offset += alignment - over;
    return true;
  }
  /// Result: whether no range of another kind in front of region `i` has the page of `unit`.
  [[nodiscard]] bool suits_before(std::size_t i, std::uint64_t unit, OffsetKind kind) const {
    for (std::size_t j = 0; j < i; ++j) {
      const Region& other = regions_[j];
      const std::uint64_t last = other.offset + other.size - 1;
      if (other.used && other.kind != kind && last / granularity_ == unit / granularity_)
        return granularity_ == 1;
    }
    return true;
  }
  [[nodiscard]] bool suits_behind(std::size_t i, std::uint64_t unit, OffsetKind kind) const {
    for (std::size_t j = i + 1; j < regions_.size(); ++j) {
      const Region& other = regions_[j];
      if (other.used && other.kind != kind && other.offset / granularity_ == unit / granularity_)
        return granularity_ == 1;
    }
    return true;
  }
  void insert(std::size_t at, const Region& region) {
    regions_.insert(regions_.begin() + static_cast<std::ptrdiff_t>(at), region);
  }
  void join(std::size_t i) {
    regions_[i].size += regions_[i + 1].size;
    regions_.erase(regions_.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }

  std::uint64_t size_;
  std::uint64_t granularity_;
  std::vector<Region> regions_;
};

}  // namespace framealloc::gpu
