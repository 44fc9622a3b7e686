// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/buffer.hpp>

#include "device/buffer_report.hpp"
#include "device/gpu_core.hpp"

#include <framealloc/align.hpp>

#include <algorithm>

namespace framealloc::gpu {

namespace {

using detail::BufferRecord;
using detail::CoreRef;
using detail::GpuCore;

// Result: true if the CPU may touch the memory; else what it is, in `error`, and reported.
[[nodiscard]] bool may_touch(GpuCore& core, const BufferRecord& record, std::string_view call,
                             Error& error) noexcept {
  Text<256> text;
  text.append(call).append(" of ");
  append_buffer(text, record);
  if (record.intent == GpuMemoryIntent::DeviceOnly) {
    text.append(
        ": its intent is DeviceOnly; choose HostVisible, HostCached or Readback, or copy through "
        "staging memory");
    error = core.fail(Code::FA414, text.view(), facts_of(record));
    return false;
  }
  const std::uint64_t now = core.frame();
  if (record.transient() &&
      (now > record.last_frame || (now == record.last_frame && !core.frame_open()))) {
    text.append(": it is memory of frame ").append(record.born_frame);
    if (record.last_frame != record.born_frame) text.append(" to ").append(record.last_frame);
    text.append(", which is over");
    error = core.fail(Code::FA415, text.view(), facts_of(record));
    return false;
  }
  return true;
}

// Reports what the GPU has not done yet, if the CPU is about to get in its way.
void check_copies(GpuCore& core, const BufferRecord& record, MapMode mode) noexcept {
  const std::uint64_t read = record.read_serial.load(std::memory_order_acquire);
  const std::uint64_t written = record.write_serial.load(std::memory_order_acquire);
  if ((read | written) == 0) return;
  const std::uint64_t completed = core.completion->completed();
  const bool reads = mode != MapMode::Write && written > completed;
  const bool writes = mode != MapMode::Read && read > completed;
  if (!reads && !writes) return;
  Text<256> text;
  append_buffer(text, record);
  text.append(writes ? " is mapped to write before a copy from it has completed"
                     : " is mapped to read before a copy to it has completed")
      .append(": wait for the ticket of the copy first");
  core.report(Code::FA413, text.view(), facts_of(record));
}

[[nodiscard]] Error driver_failed(GpuCore& core, const BufferRecord& record, DeviceStatus status,
                                  std::string_view call) noexcept {
  Text<256> text;
  text.append(status == DeviceStatus::Lost ? "the device is lost: " : "the driver failed: ")
      .append(call)
      .append(" of ");
  append_buffer(text, record);
  return core.fail(Code::FA419, text.view(), facts_of(record));
}

[[nodiscard]] Error no_buffer() noexcept {
  return {Code::FA011, "there is no buffer, or its allocator has ended"};
}

}  // namespace

void GpuBuffer::let_go() noexcept { detail::retire(*record_); }

GpuBuffer::operator bool() const noexcept { return alive(record_); }

std::size_t GpuBuffer::size() const noexcept { return alive(record_) ? record_->size : 0; }

GpuMemoryIntent GpuBuffer::intent() const noexcept {
  return alive(record_) ? record_->intent : GpuMemoryIntent::DeviceOnly;
}

GpuLifetime GpuBuffer::lifetime() const noexcept {
  return alive(record_) ? record_->lifetime : GpuLifetime::Persistent;
}

BufferUsage GpuBuffer::usage() const noexcept {
  return alive(record_) ? record_->usage : BufferUsage::None;
}

std::uint64_t GpuBuffer::raw_handle() const noexcept {
  return alive(record_) ? record_->handle.load(std::memory_order_relaxed) : 0;
}

std::uint64_t GpuBuffer::offset() const noexcept {
  return alive(record_) ? record_->handle_offset : 0;
}

std::uint64_t GpuBuffer::device_address() const noexcept {
  return alive(record_) ? record_->device_address.load(std::memory_order_relaxed) : 0;
}

std::span<std::byte> GpuBuffer::map(MapMode mode) noexcept {
  if (record_ == nullptr) return {};
  const CoreRef core = core_of(*record_);
  if (!core) return {};
  BufferRecord& record = *record_;
  Error error;
  if (!may_touch(*core, record, "map()", error)) return {};
  check_copies(*core, record, mode);
  if (record.non_coherent) {
    if (mode != MapMode::Write) {
      // An invalidate drops what the cache holds: what the CPU wrote before must be out by then.
      const detail::CpuWrites::Range written = record.cpu_writes.before_reading();
      DeviceStatus status = core->flush(record, written.offset, written.size);
      if (status == DeviceStatus::Ok) status = core->invalidate(record, 0, record.size);
      if (status != DeviceStatus::Ok) {
        static_cast<void>(driver_failed(*core, record, status, "map()"));
        return {};
      }
    }
    if (mode != MapMode::Read) record.cpu_writes.map(record.size);
  }
  record.touched_frame.store(core->frame(), std::memory_order_relaxed);
  return {record.mapped.load(std::memory_order_relaxed), record.size};
}

void GpuBuffer::unmap() noexcept {
  if (record_ == nullptr || !record_->non_coherent) return;
  const detail::CpuWrites::Range written = record_->cpu_writes.unmap();
  if (written.size == 0) return;
  const CoreRef core = core_of(*record_);
  if (!core) return;
  const DeviceStatus status = core->flush(*record_, written.offset, written.size);
  if (status != DeviceStatus::Ok)
    static_cast<void>(driver_failed(*core, *record_, status, "unmap()"));
}

namespace {

[[nodiscard]] Result<void> touch_range(BufferRecord* record, std::size_t offset, std::size_t size,
                                       bool flush) noexcept {
  if (record == nullptr) return no_buffer();
  const CoreRef core = core_of(*record);
  if (!core) return no_buffer();
  const std::string_view call = flush ? "flush()" : "invalidate()";
  Error error;
  if (!may_touch(*core, *record, call, error)) return error;
  const bool outside = offset > record->size || (size != SIZE_MAX && size > record->size - offset);
  if (outside) {
    Text<256> text;
    text.append(call)
        .append(" of ")
        .append(size)
        .append(" bytes at ")
        .append(offset)
        .append(" is outside of ");
    append_buffer(text, *record);
    return core->fail(Code::FA011, text.view(), facts_of(*record));
  }
  const std::size_t length = size == SIZE_MAX ? record->size - offset : size;
  // Nothing is left for map() to flush over what the GPU writes next.
  if (flush && length != 0) {
    const std::size_t atom = core->atom_of(record->placement.type);
    const std::size_t low = align_down(offset, atom);
    record->cpu_writes.flush(low, std::min(align_up(offset + length, atom), record->size) - low);
  }
  const DeviceStatus status =
      flush ? core->flush(*record, offset, length) : core->invalidate(*record, offset, length);
  if (status != DeviceStatus::Ok) return driver_failed(*core, *record, status, call);
  return {};
}

}  // namespace

Result<void> GpuBuffer::flush(std::size_t offset, std::size_t size) noexcept {
  return touch_range(record_, offset, size, true);
}

Result<void> GpuBuffer::invalidate(std::size_t offset, std::size_t size) noexcept {
  return touch_range(record_, offset, size, false);
}

void GpuBuffer::touch() noexcept {
  if (record_ == nullptr) return;
  const CoreRef core = core_of(*record_);
  if (core) record_->touched_frame.store(core->frame(), std::memory_order_relaxed);
}

}  // namespace framealloc::gpu
