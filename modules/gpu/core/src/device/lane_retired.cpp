// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/lane_retired.hpp"

#include <framealloc/compiler.hpp>

#include <algorithm>
#include <cstddef>

namespace framealloc::gpu::detail {

void LaneRetired::begin_list(std::uint64_t serial) noexcept {
  if (count_ != kLists) lists_[count_++] = List();
  lists_[count_ - 1].serial = serial;
}

void LaneRetired::call_due(std::uint64_t completed) noexcept {
  unsigned over = 0;
  for (; over < count_ && lists_[over].serial <= completed; ++over) {
    List& list = lists_[over];
    list.last->next = due_;
    due_ = list.first;
    add_to(due_size_, list.size);
    add_to(due_held_, list.held);
  }
  if (over == 0) return;
  std::copy(lists_.begin() + over, lists_.begin() + count_, lists_.begin());
  count_ -= over;
}

BufferRecord* LaneRetired::take_due(std::size_t& most) noexcept {
  BufferRecord* const first = due_;
  BufferRecord** end = &due_;
  for (; *end != nullptr && most != 0; --most) {
    // The walk waits for the first line of each; the others arrive meanwhile, for whoever takes them back.
    const auto* const bytes = reinterpret_cast<const std::byte*>(*end);
    framealloc::detail::fetch_for_writing(bytes + 64);
    framealloc::detail::fetch_for_writing(bytes + 128);
    end = &(*end)->next;
  }
  if (end == &due_) return nullptr;
  due_ = *end;
  *end = nullptr;
  return first;
}

BufferRecord* LaneRetired::take_waiting() noexcept {
  BufferRecord* all = nullptr;
  while (count_ != 0) {
    const List& list = lists_[--count_];
    list.last->next = all;
    all = list.first;
  }
  return all;
}

}  // namespace framealloc::gpu::detail
