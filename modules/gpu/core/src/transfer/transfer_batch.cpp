// SPDX-License-Identifier: MIT OR Apache-2.0
// Recording copies.
#include "device/buffer_report.hpp"
#include "transfer/batch_state.hpp"
#include "transfer/staging.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

namespace framealloc::gpu {

namespace {

using detail::BatchState;
using detail::BatchUse;
using detail::BufferAccess;
using detail::BufferRecord;
using detail::CoreRef;
using detail::GpuCore;

[[nodiscard]] Error no_allocator() noexcept {
  Error error;
  error.code = Code::FA012;
  error.message.append("there is no batch, or its allocator has ended");
  return error;
}

[[nodiscard]] bool is_over(const GpuCore& core, const BufferRecord& record) noexcept {
  const std::uint64_t now = core.frame();
  return record.transient() &&
         (now > record.last_frame || (now == record.last_frame && !core.frame_open()));
}

[[nodiscard]] Error over(GpuCore& core, const BufferRecord& record,
                         std::string_view call) noexcept {
  Text<256> text;
  text.append(call).append(": ");
  append_buffer(text, record);
  text.append(" is memory of frame ").append(record.born_frame).append(", which is over");
  return core.fail(Code::FA415, text.view(), facts_of(record));
}

[[nodiscard]] Error outside(GpuCore& core, const BufferRecord& record, std::string_view call,
                            std::size_t offset, std::size_t size) noexcept {
  Text<256> text;
  text.append(call).append(": ").append(size).append(" bytes at ").append(offset);
  text.append(size == 0 ? " are none, in " : " are outside of ");
  append_buffer(text, record);
  return core.fail(Code::FA011, text.view(), facts_of(record));
}

// One side of a copy. Result: whether it can be; else `error` says why not, and was reported.
[[nodiscard]] bool check_side(GpuCore& core, const GpuBuffer& buffer, BufferUsage usage,
                              std::string_view call, BufferRecord*& record, Error& error) noexcept {
  record = BufferAccess::record(buffer);
  const bool source = usage == BufferUsage::TransferSrc;
  Text<256> text;
  text.append(call).append(source ? ": the source" : ": the destination");
  if (record == nullptr || record->shard->core.load(std::memory_order_acquire) != &core) {
    text.append(record == nullptr ? " is no buffer" : " is a buffer of another allocator");
    const bool none_to_copy_from = record == nullptr && source;
    error = core.fail(none_to_copy_from ? Code::FA412 : Code::FA011, text.view(), {});
    return false;
  }
  if (!has(record->usage, usage)) {
    text.append(", ");
    append_buffer(text, *record);
    text.append(source ? ", was made without BufferUsage::TransferSrc"
                       : ", was made without BufferUsage::TransferDst");
    error = core.fail(Code::FA412, text.view(), facts_of(*record));
    return false;
  }
  if (is_over(core, *record)) {
    error = over(core, *record, call);
    return false;
  }
  return true;
}

// Effect: recorded() is called under the batch's mutex, with room for one more copy and its two
// sides: from then on another thread may submit it. Failure: FA012.
template <class F>
[[nodiscard]] Result<void> record_in(GpuCore& core, BatchState& batch, F&& recorded) noexcept {
  {
    const std::lock_guard held(batch.mutex);
    if (batch.commands.reserve(batch.host, 1) && batch.uses.reserve(batch.host, 2)) {
      recorded();
      return {};
    }
  }
  return core.fail(Code::FA012, "no bookkeeping memory for a copy of a TransferBatch", {});
}

void use(BatchState& batch, BufferRecord& record, bool reads) noexcept {
  record.used_by_transfer.store(true, std::memory_order_relaxed);
  record.pins.fetch_add(1, std::memory_order_relaxed);
  BatchUse side;
  side.record = &record;
  (reads ? side.reads : side.writes) = true;
  batch.uses.push(side);
}

// Requirement: reserve().
void push(BatchState& batch, std::uint64_t src, std::size_t src_offset, const BufferRecord& dst,
          std::size_t dst_offset, std::size_t size) noexcept {
  CopyCommand command;
  command.src = src;
  command.src_offset = src_offset;
  command.dst = dst.handle.load(std::memory_order_relaxed);
  command.dst_offset = static_cast<std::size_t>(dst.handle_offset) + dst_offset;
  command.size = size;
  batch.commands.push(command);
  batch.bytes += size;
}

// Effect: the batch holds memory of that frame.
void hold(BatchState& batch, std::uint64_t frame) noexcept {
  if (batch.frame == 0 || frame < batch.frame) batch.frame = frame;
}

// Effect: staged(slice) is called as by record_in(), with memory to copy from. The memory is asked
// for without the mutex, because handlers of the program may run then.
template <class F>
[[nodiscard]] Result<void> stage_in(GpuCore& core, BatchState& batch, std::size_t size,
                                    std::size_t alignment, F&& staged) noexcept {
  if (core.frame_open()) {
    const Result<GpuSlice> slice = detail::stage_in_frame(core, size, alignment);
    if (!slice) return slice.error();
    return record_in(core, batch, [&] {
      hold(batch, slice->frame);
      staged(*slice);
    });
  }
  BatchState::Chunk* fresh = nullptr;
  for (;;) {
    bool done = false;
    Result<void> recorded = record_in(core, batch, [&] {
      if (fresh != nullptr) {
        fresh->next = std::exchange(batch.chunks, fresh);
        batch.chunk_used = 0;
        fresh = nullptr;
      }
      GpuSlice slice;
      done = detail::bump_chunk(batch, size, alignment, slice);
      if (done) staged(slice);
    });
    if (done || !recorded) {
      if (fresh != nullptr) detail::free_chunks(core.host, fresh);
      return recorded;
    }
    const Result<BatchState::Chunk*> made = detail::make_chunk(core, size, alignment);
    if (!made) return made.error();
    fresh = *made;
  }
}

}  // namespace

void TransferBatch::let_go() noexcept {
  const CoreRef core = state_->link.core();
  detail::end_batch(core.get(), state_);
}

std::size_t TransferBatch::bytes() const noexcept {
  if (state_ == nullptr) return 0;
  const std::lock_guard held(state_->mutex);
  return state_->bytes;
}

bool TransferBatch::empty() const noexcept {
  if (state_ == nullptr) return true;
  const std::lock_guard held(state_->mutex);
  return state_->commands.count == 0;
}

std::span<const CopyCommand> TransferBatch::commands() const noexcept {
  if (state_ == nullptr) return {};
  return {state_->commands.items, state_->commands.count};
}

Result<void> TransferBatch::copy(const GpuBuffer& src, GpuBuffer& dst,
                                 const CopyRegion& region) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  Error error;
  BufferRecord *from = nullptr, *to = nullptr;
  if (!check_side(*core, src, BufferUsage::TransferSrc, "copy()", from, error) ||
      !check_side(*core, dst, BufferUsage::TransferDst, "copy()", to, error))
    return error;
  std::size_t size = region.size;
  if (region.src_offset > from->size)
    return outside(*core, *from, "copy()", region.src_offset, size == SIZE_MAX ? 0 : size);
  if (region.dst_offset > to->size)
    return outside(*core, *to, "copy()", region.dst_offset, size == SIZE_MAX ? 0 : size);
  if (size == SIZE_MAX) {
    size = std::min(from->size - region.src_offset, to->size - region.dst_offset);
  }
  if (size == 0 || size > from->size - region.src_offset)
    return outside(*core, *from, "copy()", region.src_offset, size);
  if (size > to->size - region.dst_offset)
    return outside(*core, *to, "copy()", region.dst_offset, size);
  if (from == to && region.src_offset < region.dst_offset + size &&
      region.dst_offset < region.src_offset + size) {
    Text<256> text;
    text.append("copy(): source and destination overlap in ");
    append_buffer(text, *from);
    return core->fail(Code::FA011, text.view(), facts_of(*from));
  }
  return record_in(*core, *state_, [&] {
    push(*state_, from->handle.load(std::memory_order_relaxed),
         static_cast<std::size_t>(from->handle_offset) + region.src_offset, *to, region.dst_offset,
         size);
    use(*state_, *from, true);
    use(*state_, *to, false);
  });
}

Result<void> TransferBatch::copy(const GpuSlice& src, GpuBuffer& dst,
                                 std::size_t dst_offset) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  Error error;
  BufferRecord* to = nullptr;
  if (!src) return core->fail(Code::FA412, "copy(): the source is an empty slice", {});
  if (!check_side(*core, dst, BufferUsage::TransferDst, "copy()", to, error)) return error;
  const bool of_chunk = src.frame == 0;  // from stage(), outside of frames
  if (!of_chunk && (src.frame != core->frame() || !core->frame_open())) {
    Text<256> text;
    text.append("copy(): the source is a slice of frame ")
        .append(src.frame)
        .append(", which is over");
    return core->fail(Code::FA415, text.view(), {});
  }
  if (dst_offset > to->size || src.size > to->size - dst_offset)
    return outside(*core, *to, "copy()", dst_offset, src.size);
  return record_in(*core, *state_, [&] {
    push(*state_, src.buffer, static_cast<std::size_t>(src.offset), *to, dst_offset, src.size);
    use(*state_, *to, false);
    if (!of_chunk) hold(*state_, src.frame);
  });
}

Result<void> TransferBatch::upload(GpuBuffer& dst, std::span<const std::byte> data,
                                   std::size_t dst_offset) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  Error error;
  BufferRecord* to = nullptr;
  if (!check_side(*core, dst, BufferUsage::TransferDst, "upload()", to, error)) return error;
  if (data.empty() || dst_offset > to->size || data.size() > to->size - dst_offset)
    return outside(*core, *to, "upload()", dst_offset, data.size());
  return stage_in(*core, *state_, data.size(), 16, [&](const GpuSlice& staged) {
    std::memcpy(staged.data, data.data(), data.size());
    push(*state_, staged.buffer, static_cast<std::size_t>(staged.offset), *to, dst_offset,
         data.size());
    use(*state_, *to, false);
  });
}

Result<Readback> TransferBatch::readback(const GpuBuffer& src, std::size_t offset,
                                         std::size_t size) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  Error error;
  BufferRecord* from = nullptr;
  if (!check_side(*core, src, BufferUsage::TransferSrc, "readback()", from, error)) return error;
  if (offset > from->size) return outside(*core, *from, "readback()", offset, 0);
  if (size == SIZE_MAX) size = from->size - offset;
  if (size == 0 || size > from->size - offset)
    return outside(*core, *from, "readback()", offset, size);
  return detail::TransferAccess::readback(*core, *state_, src, offset, size);
}

Result<Readback> detail::TransferAccess::readback(GpuCore& core, BatchState& batch,
                                                  const GpuBuffer& src, std::size_t offset,
                                                  std::size_t size) noexcept {
  GpuAllocRequirements request(size, GpuMemoryIntent::Readback);
  request.name = "readback";
  GpuDenial denial;
  GpuBuffer buffer;
  if (!core.allocate(request, CallSite{}, buffer, denial))
    return core.deny(denial, request, CallSite{});
  void* const block = core.host.bookkeeping_alloc(sizeof(ReadbackState));
  if (block == nullptr) return core.fail(Code::FA012, "no bookkeeping memory for a readback", {});
  auto* const state = ::new (block) ReadbackState(core, batch);
  state->buffer = std::move(buffer);
  batch.users.fetch_add(1, std::memory_order_relaxed);
  Readback readback;
  readback.state_ = state;
  BufferRecord& from = *BufferAccess::record(src);
  BufferRecord& to = *BufferAccess::record(state->buffer);
  const Result<void> recorded = record_in(core, batch, [&] {
    push(batch, from.handle.load(std::memory_order_relaxed),
         static_cast<std::size_t>(from.handle_offset) + offset, to, 0, size);
    use(batch, from, true);
    use(batch, to, false);
    state->next = std::exchange(batch.readbacks, state);
  });
  if (!recorded) return recorded.error();
  return readback;
}

Result<GpuSlice> TransferBatch::stage(std::size_t size, std::size_t alignment) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  GpuSlice slice;
  const Result<void> staged =
      stage_in(*core, *state_, size, alignment, [&](const GpuSlice& given) { slice = given; });
  if (!staged) return staged.error();
  return slice;
}

Result<void> TransferBatch::record(const CopyCommand& command,
                                   const ResourceMemory* used) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  return record_in(*core, *state_, [&] {
    state_->commands.push(command);
    state_->bytes += command.size;
    BufferRecord* const record = used == nullptr ? nullptr : BufferAccess::record(*used);
    if (record != nullptr) use(*state_, *record, false);
  });
}

Result<Ticket> TransferBatch::submit() noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  return detail::finish(*core, *state_, false);
}

Result<Ticket> TransferBatch::hand_to_frame() noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return no_allocator();
  return detail::finish(*core, *state_, true);
}

}  // namespace framealloc::gpu
