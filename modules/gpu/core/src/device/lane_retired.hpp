// SPDX-License-Identifier: MIT OR Apache-2.0
// What the program has let go of one lane's buffers, and its threads take back themselves.
#pragma once

#include "device/buffer_record.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// Buffers that wait for the end of the frame in which they were let go, and for nothing else, one list
// for each frame. The begin of a frame calls those that are over *due* without looking at them, and
// the lane's threads take them back: so a record, its place and the driver's object stay in the caches
// of one core. What is due counts as free. Thread contract: under the lane's lock, but for what reads
// sums.
class LaneRetired {
 public:
  // Requirement: persistent; `retire_serial` is set and not below that of the one before.
  void add(BufferRecord& record) noexcept {
    if (count_ == 0 || lists_[count_ - 1].serial != record.retire_serial) [[unlikely]]
      begin_list(record.retire_serial);
    List& list = lists_[count_ - 1];
    if (list.first == nullptr) list.last = &record;
    record.next = list.first;
    list.first = &record;
    list.size += record.size;
    list.held += record.placement.held;
  }
  // Effect: what waits for serials up to `completed` is due. Touches one record of each list.
  void call_due(std::uint64_t completed) noexcept;
  // Effect: takes some of what is due, and no more than `most`, which is what is left of it then. Result:
  // a list. It counts as due until taken_back().
  [[nodiscard]] BufferRecord* take_due(std::size_t& most) noexcept;
  // Effect: so many bytes of what was taken are free in fact.
  void taken_back(std::size_t size, std::size_t held) noexcept {
    add_to(due_size_, std::size_t{0} - size);
    add_to(due_held_, std::size_t{0} - held);
  }
  // Effect: takes what is not due. Result: a list. The caller waits for its serials.
  [[nodiscard]] BufferRecord* take_waiting() noexcept;

  // Bytes that are due: as asked for, and those that they hold.
  [[nodiscard]] std::size_t due_size() const noexcept {
    return due_size_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t due_held() const noexcept {
    return due_held_.load(std::memory_order_relaxed);
  }

 private:
  // Frames of which something may wait: those in flight, the open one, and one whose end is not
  // known to be complete yet. A further one joins the last, and waits no shorter.
  static constexpr unsigned kLists = 10;
  struct List {
    std::uint64_t serial = 0;
    BufferRecord* first = nullptr;
    BufferRecord* last = nullptr;
    std::size_t size = 0, held = 0;
  };
  static void add_to(std::atomic<std::size_t>& sum, std::size_t bytes) noexcept {
    sum.store(sum.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
  void begin_list(std::uint64_t serial) noexcept;
  std::array<List, kLists> lists_;
  unsigned count_ = 0;
  BufferRecord* due_ = nullptr;
  std::atomic<std::size_t> due_size_{0}, due_held_{0};
};

}  // namespace framealloc::gpu::detail
