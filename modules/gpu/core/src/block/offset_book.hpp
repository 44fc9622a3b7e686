// SPDX-License-Identifier: MIT OR Apache-2.0
// The bookkeeping of an OffsetAllocator.
#pragma once

#include "block/gap_bins.hpp"
#include "block/node_store.hpp"
#include "block/offset_node.hpp"
#include "block/size_classes.hpp"

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/offset_types.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

/// A request that was found to make sense.
struct OffsetRequest {
  std::uint64_t size;
  std::uint64_t alignment_mask;
  std::uint8_t kind;  ///< a bit for OffsetKind
};

/// Ranges in a ring, in the order of their offsets; its end is a node of its own, which has the
/// free region behind the last range. Everything lies in one block of memory of the source, but
/// what the store grows by.
class OffsetBook {
 public:
  /// Requirement: as OffsetAllocator::create(). Result: null when the source has no memory.
  [[nodiscard]] static OffsetBook* create(std::uint64_t size, const OffsetConfig& config) noexcept;
  /// Effect: gives all memory back.
  static void destroy(OffsetBook* book) noexcept;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE OffsetRange allocate(OffsetRequest request) noexcept {
    const unsigned bin = bins_.next_used(first_fitting_class(request.size));
    OffsetNode& behind = bin != kClassCount ? *bins_.first(bin) : end_;
    const std::uint64_t offset = place(behind, request);
    if (offset == kNoOffset) [[unlikely]]
      return search(request.size, request.alignment_mask, request.kind);
    OffsetNode* const node = store_.take();
    if (node == nullptr) [[unlikely]]
      return search(request.size, request.alignment_mask, request.kind);
    carve(behind, *node, offset, request);
    return store_.range_of(*node);
  }

  FRAMEALLOC_ALWAYS_INLINE bool free(OffsetRange range) noexcept {
    OffsetNode* const node = store_.find(range);
    if (node == nullptr) [[unlikely]]
      return false;
    OffsetNode& behind = *node->next;
    const std::uint64_t size = behind.offset - behind.gap - node->offset;
    used_ -= size;
    --allocations_;
    behind.prev = node->prev;
    node->prev->next = &behind;
    if (node->gap != 0) bins_.remove(*node);
    const std::uint64_t gap = node->gap + size + behind.gap;
    if (&behind == &end_) {
      end_.gap = gap;
    } else if (behind.gap != 0) {
      bins_.resize(behind, gap);
    } else {
      behind.gap = gap;
      bins_.insert(behind, class_of(gap));
    }
    store_.give_back(*node);
    return true;
  }

  void reset() noexcept;

  [[nodiscard]] bool owns(OffsetRange range) const noexcept {
    return store_.find(range) != nullptr;
  }
  [[nodiscard]] std::uint64_t size_of(OffsetRange range) const noexcept;
  [[nodiscard]] std::uint64_t size() const noexcept { return end_.offset; }
  [[nodiscard]] OffsetStats stats() const noexcept;
  void visit(void (*visitor)(std::uint64_t, std::uint64_t, bool, void*),
             void* context) const noexcept;
  [[nodiscard]] bool validate() const noexcept;

 private:
  friend struct OffsetBookProbe;  // of the tests

  struct Layout;
  OffsetBook(std::uint64_t size, const OffsetConfig& config, MemorySource& source,
             const Layout& layout) noexcept;
  ~OffsetBook() = default;

  /// Result: the first offset in the gap of `behind` that suits the request; kNoOffset if none
  /// does.
  [[nodiscard]] std::uint64_t place(const OffsetNode& behind,
                                    const OffsetRequest& request) const noexcept {
    const std::uint64_t start = behind.offset - behind.gap;
    std::uint64_t skipped = 0;
    std::uint64_t room = behind.gap;
    if (page_mask_ != 0) {
      // A neighbor of another kind keeps its page to itself. Ranges further away than the neighbors
      // cannot reach a page that the neighbors do not reach.
      const auto others = static_cast<std::uint8_t>(~request.kind);
      if ((behind.prev->kind() & others) != 0) skipped = (0 - start) & page_mask_;
      const std::uint64_t last = (behind.kind() & others) != 0 ? behind.offset & page_mask_ : 0;
      if (skipped > room || last > room - skipped) return kNoOffset;
      room -= skipped + last;
    }
    const std::uint64_t front = (0 - (start + skipped)) & request.alignment_mask;
    if (front > room || request.size > room - front) return kNoOffset;
    return start + skipped + front;
  }
  /// Effect: `node` is a range at `offset`, in the gap of `behind`.
  void carve(OffsetNode& behind, OffsetNode& node, std::uint64_t offset,
             const OffsetRequest& request) noexcept {
    const std::uint64_t front = offset - (behind.offset - behind.gap);
    const std::uint64_t rest = behind.gap - front - request.size;
    node.offset = offset;
    node.gap = front;
    node.set_kind(request.kind);
    node.prev = behind.prev;
    node.next = &behind;
    behind.prev->next = &node;
    behind.prev = &node;
    if (&behind == &end_) {
      end_.gap = rest;
    } else if (rest != 0) {
      bins_.resize(behind, rest);
    } else {
      bins_.remove(behind);
      behind.gap = 0;
    }
    if (front != 0) bins_.insert(node, class_of(front));
    used_ += request.size;
    ++allocations_;
  }
  /// Effect: as allocate(), with everything that takes time: regions that might do, more nodes.
  [[nodiscard]] FRAMEALLOC_NOINLINE OffsetRange search(std::uint64_t size,
                                                       std::uint64_t alignment_mask,
                                                       std::uint8_t kind) noexcept;
  /// Result: a node whose gap holds the request; null if there is none.
  [[nodiscard]] OffsetNode* find_room(const OffsetRequest& request) noexcept;
  [[nodiscard]] bool validate_gap(const OffsetNode& node) const noexcept;
  [[nodiscard]] bool validate_kinds(const OffsetNode& node) const noexcept;
  [[nodiscard]] bool validate_bins() const noexcept;

  GapBins bins_;
  NodeStore store_;
  std::uint64_t page_mask_;  // granularity - 1
  std::uint64_t used_ = 0;
  std::uint32_t allocations_ = 0;
  OffsetNode end_;
  MemorySource& source_;
  std::size_t bytes_;  // of the block
};

}  // namespace framealloc::gpu::detail
