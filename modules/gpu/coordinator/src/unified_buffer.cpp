// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/coordinator/unified_buffer.hpp>

#include "unified_state.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace framealloc::coordinator {

namespace {

using detail::BufferSides;
using detail::SidesAccess;

// Effect: takes in what has arrived from the GPU.
void settle(BufferSides& sides) noexcept {
  if (!sides.awaits) return;
  if (sides.state->ticket_of(sides.transfers).serial != 0) {
    if (!sides.state->has_arrived(sides.arriving)) return;
    const auto bytes = sides.arriving.wait(std::chrono::nanoseconds::zero());
    if (!bytes) return;
    std::memcpy(sides.heap, bytes->data(), std::min(bytes->size(), sides.size));
  }
  SidesAccess::forget_arriving(sides);
}

}  // namespace

void UnifiedBuffer::let_go() noexcept {
  BufferSides sides = std::exchange(sides_, BufferSides());
  detail::UnifiedState& state = *sides.state;
  if (sides.counts_cpu) state.cpu_bytes.fetch_sub(sides.size, std::memory_order_relaxed);
  if (sides.counts_gpu) state.gpu_bytes.fetch_sub(sides.size, std::memory_order_relaxed);
  state.cpu().heap_free_bytes(sides.heap);
  SidesAccess::forget_arriving(sides);
  sides.staging = gpu::GpuBuffer();
  sides.device = gpu::GpuBuffer();
  state.let_go();
}

BufferLocation UnifiedBuffer::location() const noexcept {
  if (sides_.transfers == 0) return sides_.location;
  const bool lost = sides_.state->ticket_of(sides_.transfers).serial == 0;
  return lost ? sides_.before : sides_.location;
}

gpu::Ticket UnifiedBuffer::last_transfer() const noexcept {
  return sides_.transfers == 0 ? gpu::Ticket() : sides_.state->ticket_of(sides_.transfers);
}

std::span<const std::byte> UnifiedBuffer::cpu_slice() const noexcept {
  if (sides_.staged) return sides_.staging.map(gpu::MapMode::Read);
  if (sides_.heap == nullptr) return {};
  settle(sides_);
  return {sides_.heap, sides_.size};
}

std::span<std::byte> UnifiedBuffer::cpu_slice_mut() noexcept {
  std::span<std::byte> bytes;
  if (sides_.staged) {
    bytes = sides_.staging.map(gpu::MapMode::Write);
  } else if (sides_.heap != nullptr) {
    settle(sides_);
    SidesAccess::forget_arriving(sides_);
    bytes = {sides_.heap, sides_.size};
  }
  if (!bytes.empty()) sides_.location = sides_.before = BufferLocation::CpuOnly;
  return bytes;
}

}  // namespace framealloc::coordinator
