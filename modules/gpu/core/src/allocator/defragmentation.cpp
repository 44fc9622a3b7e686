// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/defragmentation.hpp"

#include <framealloc/align.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc::gpu::detail {

namespace {

constexpr BufferUsage kCopied = BufferUsage::TransferSrc | BufferUsage::TransferDst;

}  // namespace

bool Defragmentation::movable(const BufferRecord& record) const noexcept {
  return record.movable && !record.is_resource && has(record.usage, kCopied) &&
         record.pins.load(std::memory_order_relaxed) == 0;
}

Result<std::size_t> Defragmentation::run() noexcept {
  const std::uint64_t round = core_.next_round();
  static_cast<void>(core_.retired.take_back_due());
  DeviceStatus status = DeviceStatus::Ok;
  for (unsigned type = 0; type < core_.info().types.size() && status == DeviceStatus::Ok; ++type) {
    while (left_ != 0 && status == DeviceStatus::Ok) {
      Block* const block = core_.blocks.begin_leaving(type, round);
      if (block == nullptr) break;
      if (collect(*block) != 0) {
        while (move_some(*block, status)) {
        }
      }
    }
  }
  core_.blocks.end_leaving(round);
  if (status == DeviceStatus::Ok) return moved_;
  return core_.fail(Code::FA419,
                    status == DeviceStatus::Lost
                        ? "the device is lost: defragment() moved nothing more"
                        : "the driver failed to submit the copies of defragment()",
                    {});
}

// Result: how many buffers there are to move; 0 if the program holds something else in it.
std::size_t Defragmentation::collect(const Block& block) noexcept {
  count_ = 0;
  bool stuck = false;
  core_.records->visit([&](BufferRecord& record) {
    if (record.state.load(std::memory_order_relaxed) != RecordState::Live || record.transient() ||
        record.placement.block != &block)
      return;
    stuck = stuck || !movable(record);
    if (count_ == kAtOnce || record.size > left_) return;
    Move& move = moves_[count_++];
    move.record = &record;
    move.id = record.id;
    move.size = record.size;
    move.old_handle = record.handle.load(std::memory_order_relaxed);
    move.placement = record.placement;
    left_ -= record.size;
  });
  if (!stuck) return count_;
  for (std::size_t i = 0; i < count_; ++i) left_ += moves_[i].size;
  return 0;
}

bool Defragmentation::prepare(Move& move) noexcept {
  BufferUsage usage = BufferUsage::None;
  {
    const std::lock_guard<BriefLock> guard(move.record->shard->lock);
    if (move.record->state.load(std::memory_order_relaxed) != RecordState::Live ||
        move.record->id != move.id)
      return false;
    usage = move.record->usage;
    // CPU writes that were not flushed yet have to be out before the copy.
    const CpuWrites::Range written =
        move.record->non_coherent ? move.record->cpu_writes.for_copy(false) : CpuWrites::Range();
    if (core_.flush(*move.record, written.offset, written.size) != DeviceStatus::Ok) return false;
  }
  DeviceBuffer made;
  if (core_.backend.create_buffer(move.size, usage, made) != DeviceStatus::Ok) return false;
  const unsigned type = move.placement.type;
  const std::size_t atom = core_.atom_of(type);
  PlaceRequest request;
  request.size = align_up(std::max(made.needs.size, move.size), atom);
  request.alignment = std::max(made.needs.alignment, atom);
  request.device_address = has(usage, BufferUsage::DeviceAddress);
  request.beside_others = true;
  Placement placement;
  if (!core_.blocks.place(type, request, placement)) {
    core_.backend.destroy_buffer(made.handle);
    return false;
  }
  move.placement = placement;
  move.new_handle = made.handle;
  move.spare = core_.records->take();
  if (move.spare == nullptr || core_.backend.bind_buffer(made.handle, placement.memory,
                                                         placement.offset) != DeviceStatus::Ok) {
    undo(move);
    return false;
  }
  return true;
}

void Defragmentation::undo(const Move& move) noexcept {
  core_.backend.destroy_buffer(move.new_handle);
  core_.blocks.free(move.placement, core_.frame());
  if (move.spare != nullptr) core_.records->give_back(move.spare);
}

bool Defragmentation::move_some(Block& block, DeviceStatus& status) noexcept {
  std::array<CopyCommand, kAtOnce> commands;
  std::size_t ready = 0;
  for (std::size_t i = 0; i < count_; ++i) {
    if (!prepare(moves_[i])) {
      left_ += moves_[i].size;
      continue;
    }
    CopyCommand& command = commands[ready];
    command.src = moves_[i].old_handle;
    command.dst = moves_[i].new_handle;
    command.size = moves_[i].size;
    moves_[ready++] = moves_[i];
  }
  if (ready == 0) return false;
  std::uint64_t serial = 0;
  status = timeline_.submit(std::span<const CopyCommand>(commands.data(), ready), serial);
  if (status != DeviceStatus::Ok) {
    for (std::size_t i = 0; i < ready; ++i) undo(moves_[i]);
    return false;
  }
  for (std::size_t i = 0; i < ready; ++i) finish(moves_[i], serial);
  return ready == count_ && collect(block) != 0;
}

void Defragmentation::finish(Move& move, std::uint64_t serial) noexcept {
  BufferRecord& record = *move.record;
  BufferRecord& spare = *move.spare;
  GpuMove told;
  bool there = false;
  {
    const std::lock_guard<BriefLock> guard(record.shard->lock);
    there =
        record.state.load(std::memory_order_relaxed) == RecordState::Live && record.id == move.id;
    core_.make_spare(spare, record);
    spare.size = move.size;
    spare.handle.store(move.new_handle, std::memory_order_relaxed);
    spare.placement = move.placement;
    if (there) {
      std::swap(spare.placement, record.placement);
      spare.handle.store(record.handle.exchange(move.new_handle, std::memory_order_relaxed),
                         std::memory_order_relaxed);
      record.mapped.store(
          record.host_visible ? record.placement.memory.mapped + record.placement.offset : nullptr,
          std::memory_order_relaxed);
      if (has(record.usage, BufferUsage::DeviceAddress))
        record.device_address.store(core_.backend.device_address(move.new_handle),
                                    std::memory_order_relaxed);
      record.write_serial.store(serial, std::memory_order_release);
      told.new_address = record.device_address.load(std::memory_order_relaxed);
      told.user_data = record.user_data;
    }
  }
  core_.retire_spare(spare);
  if (!there) return;
  moved_ += move.size;
  told.old_handle = move.old_handle;
  told.new_handle = move.new_handle;
  told.size = move.size;
  if (handler_ != nullptr) handler_(told, context_);
}

}  // namespace framealloc::gpu::detail
