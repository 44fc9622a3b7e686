// SPDX-License-Identifier: MIT OR Apache-2.0
// Submitting a batch, and dropping one.
#include "transfer/batch_state.hpp"

#include <new>

namespace framealloc::gpu::detail {

namespace {

void raise_to(std::atomic<std::uint64_t>& highest, std::uint64_t value) noexcept {
  std::uint64_t seen = highest.load(std::memory_order_relaxed);
  while (seen < value && !highest.compare_exchange_weak(seen, value, std::memory_order_release,
                                                        std::memory_order_relaxed)) {
  }
}

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
    if (!record.non_coherent || !record.dirty.exchange(false, std::memory_order_relaxed)) continue;
    const DeviceStatus status = core.flush(record, 0, record.size);
    if (status != DeviceStatus::Ok) return status;
  }
  return DeviceStatus::Ok;
}

// Effect: the batch is empty. Its readbacks have `serial`, or have failed where that is 0.
void clear(BatchState& batch, std::uint64_t serial, bool alive) noexcept {
  if (alive) {
    for (std::size_t i = 0; i < batch.uses.count; ++i)
      batch.uses.items[i].record->pins.fetch_sub(1, std::memory_order_release);
  }
  batch.uses.count = 0;
  batch.commands.count = 0;
  batch.bytes = 0;
  batch.frame = 0;
  batch.chunk = {};
  batch.chunk_used = 0;
  while (batch.full_chunks != nullptr) {
    BatchState::Chunk* const chunk = batch.full_chunks;
    batch.full_chunks = chunk->next;
    chunk->~Chunk();
    batch.host.bookkeeping_free(chunk, sizeof(BatchState::Chunk));
  }
  while (batch.readbacks != nullptr) {
    ReadbackState* const readback = batch.readbacks;
    batch.readbacks = readback->next;
    readback->batch = nullptr;
    readback->serial = serial;
    readback->failed = serial == 0;
    batch.users.fetch_sub(1, std::memory_order_relaxed);  // the caller is one itself
  }
}

[[nodiscard]] Error refused(GpuCore& core, BatchState& batch, Code code,
                            std::string_view text) noexcept {
  drop(&core, batch);
  return core.fail(code, text, {});
}

}  // namespace

Result<Ticket> finish(GpuCore& core, BatchState& batch, bool handed) noexcept {
  if (batch.commands.count == 0) {
    drop(&core, batch);
    return Ticket{};
  }
  if (handed && !core.frame_open())
    return refused(core, batch, Code::FA001,
                   "a batch is handed to a frame, and none is open: call begin_gpu_frame() first");
  if (!is_of_this_frame(core, batch))
    return refused(
        core, batch, Code::FA415,
        "submit(): the batch holds staging memory of a frame that is over: submit it in the "
        "frame in which it was recorded");
  DeviceStatus status = flush_uses(core, batch);
  std::uint64_t serial = handed ? end_serial(core.frame()) : 0;
  if (status == DeviceStatus::Ok && !handed)
    status = static_cast<Timeline&>(*core.completion)
                 .submit({batch.commands.items, batch.commands.count}, serial);
  if (status != DeviceStatus::Ok)
    return refused(core, batch, Code::FA419,
                   status == DeviceStatus::Lost ? "submit(): the device is lost"
                                                : "submit(): the driver refused the submission");
  for (std::size_t i = 0; i < batch.uses.count; ++i) {
    const BatchUse& use = batch.uses.items[i];
    if (use.reads) raise_to(use.record->read_serial, serial);
    if (use.writes) raise_to(use.record->write_serial, serial);
    use.record->touched_frame.store(core.frame(), std::memory_order_relaxed);
  }
  if (core.host.emits(FrameEventKind::GpuTransferSubmitted)) {
    FrameEvent event;
    event.kind = FrameEventKind::GpuTransferSubmitted;
    event.frame_number = core.frame();
    event.size = batch.bytes;
    event.count = batch.commands.count;
    event.id = serial;
    core.host.emit(event);
  }
  clear(batch, serial, true);
  return Ticket{serial};
}

void drop(GpuCore* core, BatchState& batch) noexcept { clear(batch, 0, core != nullptr); }

void let_go(BatchState* batch) noexcept {
  if (batch->users.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  batch->commands.free(batch->host);
  batch->uses.free(batch->host);
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
