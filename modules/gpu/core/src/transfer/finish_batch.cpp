// SPDX-License-Identifier: MIT OR Apache-2.0
// Submitting a batch, and dropping one.
#include "transfer/batch_state.hpp"

#include <mutex>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace framealloc::gpu::detail {

namespace {

// Result: whether all that the batch holds may be used in the frame that is open.
[[nodiscard]] bool is_of_this_frame(const GpuCore& core, const BatchState& batch) noexcept {
  const std::uint64_t now = core.frame();
  const bool open = core.frame_open();
  if (batch.frame != 0 && (batch.frame != now || !open)) return false;
  for (std::size_t i = 0; i < batch.uses.count; ++i) {
    const BufferRecord& record = *batch.uses.items[i].record;
    if (record.transient() && (now > record.last_frame || (now == record.last_frame && !open)))
      return false;
  }
  return true;
}

// Effect: what the CPU wrote is out of its cache: a copy reads it, or is about to write over it.
[[nodiscard]] DeviceStatus flush_uses(GpuCore& core, const BatchState& batch) noexcept {
  for (std::size_t i = 0; i < batch.uses.count; ++i) {
    BufferRecord& record = *batch.uses.items[i].record;
    if (!record.non_coherent) continue;
    const CpuWrites::Range written = record.cpu_writes.for_copy(batch.uses.items[i].writes);
    const DeviceStatus status = core.flush(record, written.offset, written.size);
    if (status != DeviceStatus::Ok) return status;
  }
  return DeviceStatus::Ok;
}

// Effect: the batch is empty. Its readbacks have `serial`, or have failed where that is 0. Result:
// what free_chunks() is to free when the mutex is not held any more. Under the mutex.
[[nodiscard]] BatchState::Chunk* clear(BatchState& batch, std::uint64_t serial,
                                       bool alive) noexcept {
  if (alive) {
    for (std::size_t i = 0; i < batch.uses.count; ++i)
      batch.uses.items[i].record->pins.fetch_sub(1, std::memory_order_release);
  }
  batch.uses.count = 0;
  batch.commands.count = 0;
  batch.bytes = 0;
  batch.frame = 0;
  batch.chunk_used = 0;
  while (batch.readbacks != nullptr) {
    ReadbackState* const readback = batch.readbacks;
    batch.readbacks = readback->next;
    readback->next = nullptr;
    readback->recorded = false;
    readback->serial.store(serial, std::memory_order_release);
  }
  return std::exchange(batch.chunks, nullptr);
}

// How the copies of a batch went, for what happens without the mutex.
struct Sent {
  Code code = Code::None;
  std::string_view text;  // of the report, where `code` is one
  std::uint64_t serial = 0;
  std::size_t bytes = 0, copies = 0;
  BatchState::Chunk* chunks = nullptr;
};

// Under the mutex, all of these.
[[nodiscard]] Sent refuse(BatchState& batch, Code code, std::string_view text) noexcept {
  Sent sent;
  sent.code = code;
  sent.text = text;
  sent.chunks = clear(batch, 0, true);
  return sent;
}

[[nodiscard]] Sent refuse(BatchState& batch, DeviceStatus status) noexcept {
  return refuse(batch, Code::FA419,
                status == DeviceStatus::Lost ? "submit(): the device is lost"
                                             : "submit(): the driver refused the submission");
}

// Result: what is in the way of submitting the batch; Code::None: nothing, and all is flushed.
[[nodiscard]] Sent prepare(GpuCore& core, BatchState& batch) noexcept {
  if (!is_of_this_frame(core, batch))
    return refuse(
        batch, Code::FA415,
        "submit(): the batch holds staging memory of a frame that is over: submit it in the "
        "frame in which it was recorded");
  const DeviceStatus status = flush_uses(core, batch);
  return status == DeviceStatus::Ok ? Sent() : refuse(batch, status);
}

// Effect: the copies are on their way, with that serial.
[[nodiscard]] Sent took(const GpuCore& core, BatchState& batch, std::uint64_t serial) noexcept {
  for (std::size_t i = 0; i < batch.uses.count; ++i) {
    const BatchUse& use = batch.uses.items[i];
    if (use.reads) raise_to(use.record->read_serial, serial);
    if (use.writes) raise_to(use.record->write_serial, serial);
    use.record->touched_frame.store(core.frame(), std::memory_order_relaxed);
  }
  Sent sent;
  sent.serial = serial;
  sent.bytes = batch.bytes;
  sent.copies = batch.commands.count;
  sent.chunks = clear(batch, serial, true);
  return sent;
}

[[nodiscard]] Sent send(GpuCore& core, BatchState& batch) noexcept {
  if (const Sent refused = prepare(core, batch); refused.code != Code::None) return refused;
  std::uint64_t serial = 0;
  const DeviceStatus status = static_cast<Timeline&>(*core.completion)
                                  .submit({batch.commands.items, batch.commands.count}, serial);
  return status == DeviceStatus::Ok ? took(core, batch, serial) : refuse(batch, status);
}

[[nodiscard]] Sent hand_over(GpuCore& core, BatchState& batch) noexcept {
  if (!core.frame_open())
    return refuse(batch, Code::FA001,
                  "a batch is handed to a frame, and none is open: call begin_gpu_frame() first");
  const Sent refused = prepare(core, batch);
  return refused.code != Code::None ? refused : took(core, batch, end_serial(core.frame()));
}

// Without the mutex.
void tell(GpuCore& core, const Sent& sent) noexcept {
  free_chunks(core.host, sent.chunks);
  if (sent.serial == 0 || !core.host.emits(FrameEventKind::GpuTransferSubmitted)) return;
  FrameEvent event;
  event.kind = FrameEventKind::GpuTransferSubmitted;
  event.frame_number = core.frame();
  event.size = sent.bytes;
  event.count = sent.copies;
  event.id = sent.serial;
  core.host.emit(event);
}

}  // namespace

Result<Ticket> finish(GpuCore& core, BatchState& batch, bool handed) noexcept {
  Sent sent;
  {
    const std::lock_guard held(batch.mutex);
    if (batch.commands.count == 0) {
      sent.chunks = clear(batch, 0, true);
    } else {
      sent = handed ? hand_over(core, batch) : send(core, batch);
    }
  }
  tell(core, sent);
  if (sent.code != Code::None) return core.fail(sent.code, sent.text, {});
  return Ticket{sent.serial};
}

Result<Ticket> finish_frame(GpuCore& core, BatchState& batch, Ticket* copies_at) noexcept {
  Sent sent;
  bool together = false;
  if (core.frame_open()) {
    const std::lock_guard held(batch.mutex);
    const std::span<const CopyCommand> copies(batch.commands.items, batch.commands.count);
    if (copies.empty()) {
      sent.chunks = clear(batch, 0, true);
    } else if (core.backend.ends_frames_with(copies)) {
      sent = prepare(core, batch);
      together = sent.code == Code::None;
    } else {
      sent = send(core, batch);
    }
  }
  if (!core.frame_open()) {
    drop(&core, batch);
    return core.end_frame();
  }
  const std::uint64_t frame = core.close_frame();
  DeviceStatus status = DeviceStatus::Ok;
  if (together) {
    const std::lock_guard held(batch.mutex);
    const std::span<const CopyCommand> copies(batch.commands.items, batch.commands.count);
    const DeviceStatus taken =
        static_cast<Timeline&>(*core.completion).end_frame_with(frame, copies, status);
    sent = taken == DeviceStatus::Ok ? took(core, batch, end_serial(frame)) : refuse(batch, taken);
  } else {
    status = core.completion->end_frame(frame);
  }
  tell(core, sent);
  if (copies_at != nullptr) *copies_at = Ticket{sent.serial};
  if (sent.code == Code::None) return core.frame_ended(frame, status);
  core.frame_ended_unheard(frame);
  return core.fail(sent.code, sent.text, {});
}

void free_chunks(const SmartAlloc& host, BatchState::Chunk* chunks) noexcept {
  while (chunks != nullptr) {
    BatchState::Chunk* const chunk = chunks;
    chunks = chunk->next;
    chunk->~Chunk();
    host.bookkeeping_free(chunk, sizeof(BatchState::Chunk));
  }
}

void drop(GpuCore* core, BatchState& batch) noexcept {
  BatchState::Chunk* chunks = nullptr;
  {
    const std::lock_guard held(batch.mutex);
    chunks = clear(batch, 0, core != nullptr);
  }
  free_chunks(batch.host, chunks);
}

void end_batch(GpuCore* core, BatchState* batch) noexcept {
  drop(core, *batch);
  {
    const std::lock_guard held(batch->mutex);
    batch->commands.free(batch->host);
    batch->uses.free(batch->host);
  }
  let_go(batch);
}

void let_go(BatchState* batch) noexcept {
  if (batch->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const SmartAlloc host = batch->host;
  batch->~BatchState();
  host.bookkeeping_free(batch, sizeof(BatchState));
}

TransferBatch TransferAccess::begin(GpuCore& core) noexcept {
  TransferBatch batch;
  void* const block = core.host.bookkeeping_alloc(sizeof(BatchState));
  if (block != nullptr) batch.state_ = ::new (block) BatchState(core);
  return batch;
}

}  // namespace framealloc::gpu::detail
