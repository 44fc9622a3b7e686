// SPDX-License-Identifier: MIT OR Apache-2.0
#include "host/host_device.hpp"

#include <cstring>
#include <new>

namespace framealloc::gpu::detail {

bool HostDevice::in_use(const HostRange& range) const noexcept {
  for (const HostOperation* op = first_; op != nullptr; op = op->next) {
    if (op->read.overlaps(range) || op->written.overlaps(range)) return true;
  }
  return false;
}

bool HostDevice::written_by_pending(const HostRange& range,
                                    const HostOperation* among) const noexcept {
  for (const HostOperation* op = first_; op != nullptr; op = op->next) {
    if (op->written.overlaps(range)) return true;
  }
  for (const HostOperation* op = among; op != nullptr; op = op->next) {
    if (op->written.overlaps(range)) return true;
  }
  return false;
}

bool HostDevice::range_of(std::uint64_t handle, std::size_t offset, std::size_t size,
                          BufferUsage usage, std::string_view side, HostRange& range) noexcept {
  HostBuffer buffer;
  const bool found = buffers_.look(handle, buffer);
  Violation what("submit: the ");
  what.append(side);
  if (!found || buffer.memory == 0 || memory_.find(buffer.memory) == nullptr) {
    violate(what.append(" is no buffer, or has no memory"));
    return false;
  }
  if (!has(buffer.usage, usage)) {
    violate(what.append(" lacks the usage ")
                .append(usage == BufferUsage::TransferSrc ? "TransferSrc" : "TransferDst"));
    return false;
  }
  if (size == 0 || offset > buffer.size || size > buffer.size - offset) {
    violate(what.append(": bytes outside of the buffer, or none"));
    return false;
  }
  range = {buffer.memory, buffer.offset + offset, size};
  return true;
}

std::uint64_t HostDevice::checksum(const HostRange& range) noexcept {
  const std::byte* const bytes = memory_.find(range.memory)->device + range.offset;
  std::uint64_t sum = 0x9e3779b97f4a7c15U;
  std::size_t at = 0;
  for (; at + 8 <= range.size; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, 8);
    sum = (sum ^ word) * 0xff51afd7ed558ccdU;
    sum ^= sum >> 29;
  }
  for (; at < range.size; ++at) {
    sum = (sum ^ static_cast<std::uint64_t>(bytes[at])) * 0x100000001b3U;
  }
  return sum;
}

// Result: null where the command is not one that a device could do, or there is no memory.
HostOperation* HostDevice::operation_of(const CopyCommand& command,
                                        const HostOperation* earlier) noexcept {
  if (command.kind != CopyCommand::Kind::BufferToBuffer) {
    violate(Violation("submit: this device has no images"));
    return nullptr;
  }
  HostOperation op;
  op.kind = HostOperation::Kind::Copy;
  if (!range_of(command.src, command.src_offset, command.size, BufferUsage::TransferSrc, "source",
                op.read) ||
      !range_of(command.dst, command.dst_offset, command.size, BufferUsage::TransferDst,
                "destination", op.written)) {
    return nullptr;
  }
  if (op.read.overlaps(op.written)) {
    violate(Violation("submit: source and destination of a copy overlap"));
    return nullptr;
  }
  op.watched =
      memory_.find(op.read.memory)->host != nullptr && !written_by_pending(op.read, earlier);
  if (op.watched) op.checksum = checksum(op.read);
  return new (std::nothrow) HostOperation(op);
}

void HostDevice::append(HostOperation* first) noexcept {
  *end_ = first;
  while (*end_ != nullptr) end_ = &(*end_)->next;
  pending_.store(true, std::memory_order_release);
}

void HostDevice::drop_all(HostOperation* first) noexcept {
  while (first != nullptr) {
    HostOperation* const next = first->next;
    delete first;
    first = next;
  }
}

DeviceStatus HostDevice::submit(std::span<const CopyCommand> commands,
                                std::uint64_t serial) noexcept {
  {
    const std::lock_guard held(lock_);
    if (is_lost()) return DeviceStatus::Lost;
    if (submit_fails_in_ != 0 && --submit_fails_in_ == 0) return DeviceStatus::Failed;
    if (serial <= submitted_) {
      violate(Violation("submit: serial ")
                  .append(serial)
                  .append(" does not rise above ")
                  .append(submitted_));
      return DeviceStatus::Failed;
    }
    HostOperation* first = nullptr;
    HostOperation** end = &first;
    for (const CopyCommand& command : commands) {
      *end = operation_of(command, first);
      if (*end == nullptr) {
        drop_all(first);
        return DeviceStatus::Failed;
      }
      end = &(*end)->next;
    }
    *end = new (std::nothrow) HostOperation;
    if (*end == nullptr) {
      drop_all(first);
      return DeviceStatus::OutOfMemory;
    }
    (*end)->serial = serial;
    append(first);
    submitted_ = serial;
    ++counters_.submissions;
    counters_.copies += commands.size();
    if (completion_ == HostCompletion::Manual) return DeviceStatus::Ok;
  }
  run_until(UINT64_MAX);
  return DeviceStatus::Ok;
}

void HostDevice::dispatch(std::uint64_t handle, std::size_t offset, std::size_t size,
                          void (*kernel)(std::span<std::byte>, void*), void* context) noexcept {
  {
    const std::lock_guard held(lock_);
    if (is_lost()) return;
    HostBuffer buffer;
    if (!buffers_.look(handle, buffer) || memory_.find(buffer.memory) == nullptr || size == 0 ||
        offset > buffer.size || size > buffer.size - offset) {
      violate(Violation("dispatch: no such buffer, or bytes outside of it"));
      return;
    }
    auto* const op = new (std::nothrow) HostOperation;
    if (op == nullptr) {
      violate(Violation("dispatch: no memory to remember it"));
      return;
    }
    op->kind = HostOperation::Kind::Kernel;
    op->read = op->written = {buffer.memory, buffer.offset + offset, size};
    op->kernel = kernel;
    op->context = context;
    append(op);
    if (completion_ == HostCompletion::Manual) return;
  }
  run_until(UINT64_MAX);
}

void HostDevice::run_until(std::uint64_t serial) noexcept {
  const std::lock_guard in_order(running_);
  while (completed() < serial) {
    HostOperation* op = nullptr;
    std::span<std::byte> bytes;
    {
      const std::lock_guard held(lock_);
      op = first_;
      if (op == nullptr) return;
      if (op->kind == HostOperation::Kind::Copy) {
        if (op->watched && checksum(op->read) != op->checksum) {
          violate(
              Violation("a copy's source was written to between its submission and its "
                        "completion: memory was used again too early"));
        }
        std::memcpy(memory_.find(op->written.memory)->device + op->written.offset,
                    memory_.find(op->read.memory)->device + op->read.offset, op->read.size);
      } else if (op->kind == HostOperation::Kind::Kernel) {
        bytes = {memory_.find(op->written.memory)->device + op->written.offset, op->written.size};
      }
      if (op->kind != HostOperation::Kind::Kernel) {
        finish_first();
        continue;
      }
    }
    // The program's own function: with no lock held but the one that keeps the order.
    op->kernel(bytes, op->context);
    const std::lock_guard held(lock_);
    finish_first();
  }
}

// Effect: the first operation has run.
void HostDevice::finish_first() noexcept {
  HostOperation* const op = first_;
  first_ = op->next;
  if (first_ == nullptr) {
    end_ = &first_;
    pending_.store(false, std::memory_order_release);
  }
  if (op->kind == HostOperation::Kind::Signal) {
    completed_.store(op->serial, std::memory_order_release);
  }
  delete op;
}

DeviceStatus HostDevice::wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept {
  {
    const std::lock_guard held(lock_);
    ++counters_.waits;
    if (completed() >= serial) return DeviceStatus::Ok;
    if (is_lost()) return DeviceStatus::Lost;
    if (serial > submitted_) return DeviceStatus::Failed;
  }
  if (timeout <= std::chrono::nanoseconds::zero()) return DeviceStatus::Timeout;
  run_until(serial);
  return completed() >= serial ? DeviceStatus::Ok : DeviceStatus::Lost;
}

DeviceStatus HostDevice::wait_idle() noexcept {
  {
    const std::lock_guard held(lock_);
    ++counters_.waits;
    if (is_lost()) return DeviceStatus::Lost;
  }
  run_until(UINT64_MAX);
  return DeviceStatus::Ok;
}

void HostDevice::lose() noexcept {
  const std::lock_guard in_order(running_);
  const std::lock_guard held(lock_);
  lost_.store(true, std::memory_order_release);
  drop_all(first_);
  first_ = nullptr;
  end_ = &first_;
  pending_.store(false, std::memory_order_release);
}

void HostDevice::fail_submit_at(std::uint64_t n) noexcept {
  const std::lock_guard held(lock_);
  submit_fails_in_ = n;
}

void HostDevice::set_completion(HostCompletion mode) noexcept {
  {
    const std::lock_guard held(lock_);
    completion_ = mode;
    if (mode == HostCompletion::Manual) return;
  }
  run_until(UINT64_MAX);
}

std::size_t HostDevice::pending() noexcept {
  const std::lock_guard held(lock_);
  std::size_t count = 0;
  for (const HostOperation* op = first_; op != nullptr; op = op->next) {
    if (op->kind != HostOperation::Kind::Copy) ++count;
  }
  return count;
}

}  // namespace framealloc::gpu::detail
