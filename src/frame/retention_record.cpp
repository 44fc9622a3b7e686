// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/frame/retention_record.hpp>

#include <framealloc/detail/frame/retention_book.hpp>

#include <utility>

namespace framealloc::detail {
namespace {

void count_out(RetainedRecord& record) noexcept {
  if (record.kind != RetentionPolicy::Kind::Discard) record.book->note_gone(record.id);
  if (record.link != nullptr) record.link->record = nullptr;
}

// The memory of the object ends.
void retained_over(void* record, std::size_t) noexcept {
  auto& self = *static_cast<RetainedRecord*>(record);
  count_out(self);
  if (self.type->destroy != nullptr) self.type->destroy(self.object);
}

// Both lists in order of id.
RetainedRecord* merge(RetainedRecord* a, RetainedRecord* b) noexcept {
  RetainedRecord* head = nullptr;
  RetainedRecord** tail = &head;
  while (a != nullptr && b != nullptr) {
    RetainedRecord*& least = a->id < b->id ? a : b;
    *tail = least;
    tail = &least->next;
    least = *tail;
  }
  *tail = a != nullptr ? a : b;
  return head;
}

}  // namespace

void arm_retained(FrameArena& arena, RetainedRecord& record, void* object) noexcept {
  record.object = object;
  record.finalizer.destroy = &retained_over;
  arena.arm(&record.finalizer, &record, 1);
  if (record.kind != RetentionPolicy::Kind::Discard) record.book->note_waiting();
}

void let_go_retained(RetainedRecord& record) noexcept {
  record.finalizer.destroy = nullptr;
  count_out(record);
}

void gather_retained(FrameArena& arena, std::uint64_t clock, RetainedRecord** list) noexcept {
  if (arena.slots() == nullptr) return;
  FrameSlot& slot = arena.slot_of(clock);
  if (slot.clock.load(std::memory_order_relaxed) != clock) return;
  for (Finalizer* f = slot.finalizers.load(std::memory_order_acquire); f != nullptr; f = f->next) {
    if (f->destroy != &retained_over) continue;
    auto* const record = static_cast<RetainedRecord*>(f->objects);
    record->next = *list;
    *list = record;
  }
}

// Bottom up: bins[i] holds a sorted list of 2^i records, or nothing.
std::size_t sort_retained(RetainedRecord** list) noexcept {
  constexpr std::size_t kBins = 48;
  RetainedRecord* bins[kBins] = {};
  std::size_t count = 0;
  for (RetainedRecord* record = *list; record != nullptr; ++count) {
    RetainedRecord* carry = std::exchange(record, record->next);
    carry->next = nullptr;
    std::size_t bin = 0;
    for (; bins[bin] != nullptr; ++bin) carry = merge(std::exchange(bins[bin], nullptr), carry);
    bins[bin] = carry;
  }
  RetainedRecord* sorted = nullptr;
  for (RetainedRecord* bin : bins) sorted = merge(bin, sorted);
  *list = sorted;
  return count;
}

}  // namespace framealloc::detail
