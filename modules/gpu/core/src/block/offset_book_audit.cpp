// SPDX-License-Identifier: MIT OR Apache-2.0
// What an OffsetBook tells of itself.
#include "block/offset_book.hpp"

#include <algorithm>

namespace framealloc::gpu::detail {

OffsetStats OffsetBook::stats() const noexcept {
  OffsetStats stats;
  stats.size = end_.offset;
  stats.used = used_;
  stats.free = end_.offset - used_;
  stats.allocations = allocations_;
  stats.free_regions = bins_.count() + (end_.gap != 0 ? 1 : 0);
  stats.largest_free = end_.gap;
  const unsigned bin = bins_.last_used();
  if (bin != kClassCount) {
    for (const OffsetNode* node = bins_.first(bin); node != nullptr; node = node->bin_next) {
      stats.largest_free = std::max(stats.largest_free, node->gap);
    }
  }
  return stats;
}

void OffsetBook::visit(void (*visitor)(std::uint64_t, std::uint64_t, bool, void*),
                       void* context) const noexcept {
  if (visitor == nullptr) return;
  const OffsetNode* node = &end_;
  do {
    node = node->next;
    if (node->gap != 0) visitor(node->offset - node->gap, node->gap, false, context);
    if (node == &end_) break;
    visitor(node->offset, node->next->offset - node->next->gap - node->offset, true, context);
  } while (true);
}

bool OffsetBook::validate_gap(const OffsetNode& node) const noexcept {
  if (node.gap == 0 || &node == &end_) return true;
  return *node.bin_link == &node;
}

bool OffsetBook::validate_kinds(const OffsetNode& node) const noexcept {
  if (&node != &end_ && node.kind() != 1 && node.kind() != 2) return false;
  const OffsetNode& before = *node.prev;
  if (&node == &end_ || &before == &end_ || node.kind() == before.kind()) return true;
  const std::uint64_t last = node.offset - node.gap - 1;  // unit of the range before
  return page_mask_ == 0 || (last & ~page_mask_) != (node.offset & ~page_mask_);
}

bool OffsetBook::validate_bins() const noexcept {
  if (!bins_.bits_agree(class_of(end_.offset) + 1)) return false;
  std::uint32_t listed = 0;
  for (unsigned bin = bins_.next_used(0); bin != kClassCount; bin = bins_.next_used(bin + 1)) {
    OffsetNode* const* link = bins_.list(bin);
    for (const OffsetNode* node = *link; node != nullptr; node = node->bin_next) {
      if (++listed > bins_.count()) return false;
      if (node->gap == 0 || class_of(node->gap) != bin || node->bin_link != link) return false;
      link = &node->bin_next;
    }
  }
  return listed == bins_.count();
}

bool OffsetBook::validate() const noexcept {
  std::uint64_t at = 0;
  std::uint64_t used = 0;
  std::uint32_t ranges = 0;
  std::uint32_t gaps = 0;
  const OffsetNode* node = &end_;
  do {
    const OffsetNode* const before = node;
    node = node->next;
    if (node->prev != before) return false;
    if (node->gap > node->offset || node->offset - node->gap < at) return false;
    if (node != &end_ && store_.find(store_.range_of(*node)) != node) return false;
    if (before != &end_) {
      // The range before ends where the gap begins; it is not empty.
      const std::uint64_t size = node->offset - node->gap - before->offset;
      if (size == 0) return false;
      used += size;
      if (++ranges > allocations_) return false;
    } else if (node->offset != node->gap) {
      return false;
    }
    if (!validate_gap(*node) || !validate_kinds(*node)) return false;
    if (node->gap != 0 && node != &end_) ++gaps;
    at = node->offset;
  } while (node != &end_);
  return ranges == allocations_ && used == used_ && gaps == bins_.count() && validate_bins() &&
         store_.validate(allocations_);
}

}  // namespace framealloc::gpu::detail
