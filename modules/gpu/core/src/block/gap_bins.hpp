// SPDX-License-Identifier: MIT OR Apache-2.0
// Free regions by size class.
#pragma once

#include "block/offset_node.hpp"
#include "block/size_classes.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace framealloc::gpu::detail {

/// A list of nodes for each size class of their gaps, and two levels of bits that find the first
/// list which is not empty.
class GapBins {
 public:
  /// Requirement: `lists` has a place for every class up to that of the largest gap, all null.
  explicit GapBins(OffsetNode** lists) noexcept : lists_(lists) {}

  /// Requirement: the node is in no list; `bin` is the class of its gap, which is not 0.
  void insert(OffsetNode& node, unsigned bin) noexcept {
    OffsetNode*& list = lists_[bin];
    node.bin_next = list;
    node.bin_link = &list;
    link_back(list, &node.bin_next);
    words_[bin / 64] |= std::uint64_t{1} << (bin % 64);
    summary_ |= std::uint32_t{1} << (bin / 64);
    list = &node;
    ++count_;
  }
  /// Requirement: the node is in a list.
  void remove(OffsetNode& node) noexcept {
    *node.bin_link = node.bin_next;
    link_back(node.bin_next, node.bin_link);
    --count_;
    // Where the list itself points to the node, its place says which it is.
    const std::uintptr_t bin = (reinterpret_cast<std::uintptr_t>(node.bin_link) -
                                reinterpret_cast<std::uintptr_t>(&lists_[0])) /
                               sizeof lists_[0];
    const bool empties = (bin < kClassCount) & (node.bin_next == nullptr);
    const std::size_t word = empties ? bin / 64 : 0;
    words_[word] &= ~(std::uint64_t{empties} << (bin % 64));
    summary_ &= ~(std::uint32_t{words_[word] == 0} << word);
  }
  /// Effect: the gap, which is in a list, is `gap` units large now, and in the list for that.
  void resize(OffsetNode& node, std::uint64_t gap) noexcept {
    const unsigned before = class_of(node.gap);
    const unsigned bin = class_of(gap);
    node.gap = gap;
    if (bin == before) return;
    remove(node);
    insert(node, bin);
  }

  /// Result: the first class from `bin` on whose list is not empty; kClassCount if there is none.
  [[nodiscard]] unsigned next_used(unsigned bin) const noexcept {
    unsigned word = bin / 64;
    const std::uint64_t bits = words_[word] >> (bin % 64);
    if (bits != 0) return bin + static_cast<unsigned>(std::countr_zero(bits));
    const std::uint32_t later = summary_ >> word >> 1;
    if (later == 0) return kClassCount;
    word += 1 + static_cast<unsigned>(std::countr_zero(later));
    return word * 64 + static_cast<unsigned>(std::countr_zero(words_[word]));
  }
  /// Result: the last class whose list is not empty; kClassCount if there is none.
  [[nodiscard]] unsigned last_used() const noexcept {
    if (summary_ == 0) return kClassCount;
    const unsigned word = 31U - static_cast<unsigned>(std::countl_zero(summary_));
    return word * 64 + 63U - static_cast<unsigned>(std::countl_zero(words_[word]));
  }
  [[nodiscard]] OffsetNode* first(unsigned bin) const noexcept { return lists_[bin]; }
  [[nodiscard]] OffsetNode* const* list(unsigned bin) const noexcept { return &lists_[bin]; }
  /// Result: how many nodes are in lists.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
  /// Effect: all lists are empty.
  void clear() noexcept;
  /// Result: whether the bits say which lists are empty. `classes` lists are looked at.
  [[nodiscard]] bool bits_agree(unsigned classes) const noexcept;

 private:
  // Whether a list has other nodes is as good as random where there are about as many gaps as classes, as at the starts of
  // aligned ranges, and what the processor guesses wrong costs more than all of insert(): so nothing here branches on it.
  void link_back(OffsetNode* node, OffsetNode** link) noexcept {
    *(node != nullptr ? &node->bin_link : &nowhere_) = link;
  }

  static constexpr unsigned kWords = (kClassCount + 63) / 64;
  static_assert(kWords <= 32, "the summary has 32 bits");

  std::uint32_t summary_ = 0;  // which words are not 0
  std::uint32_t count_ = 0;
  OffsetNode** lists_;
  OffsetNode** nowhere_ = nullptr;             // written where there is no node, never read
  std::array<std::uint64_t, kWords> words_{};  // which lists are not empty
};

}  // namespace framealloc::gpu::detail
