// SPDX-License-Identifier: MIT OR Apache-2.0
// What a UnifiedAllocator shares with its buffers, which may outlive it.
#pragma once

#include "frame_gate.hpp"

#include <framealloc/coordinator/unified_buffer.hpp>
#include <framealloc/gpu.hpp>
#include <framealloc/result.hpp>
#include <framealloc/smart_alloc.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace framealloc::coordinator::detail {

// Lies in bookkeeping memory of the CPU's allocator, and keeps that alive.
class UnifiedState {
 public:
  // Result: with one share that is the caller's; null without memory.
  [[nodiscard]] static UnifiedState* make(const SmartAlloc& cpu) noexcept;
  void share() noexcept { shares_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept;

  [[nodiscard]] SmartAlloc& cpu() noexcept { return cpu_; }

  // Bytes of sides that live.
  std::atomic<std::size_t> cpu_bytes{0};
  std::atomic<std::size_t> gpu_bytes{0};

  // --- Frames
  FrameGate gate;
  // Whether the frame of the UnifiedAllocator is open. Inside the gate it does not become false.
  std::atomic<bool> frame_open{false};

  // --- Transfers
  // All of this is under one mutex, submissions too: readbacks not yet submitted are linked
  // with the batch. It is recursive, because recording and submitting run handlers of the
  // program's, which may let buffers go.

  // Effect: `record(batch)` gets the batch that is being recorded. `number` is that of the
  // submission that it will go into, and stays as it is on failure. Result: that of `record`; an
  // error from within a handler that another call of this function runs.
  template <class F>
  auto record(gpu::GpuAllocator& gpu, std::uint64_t& number, F&& record) noexcept
      -> decltype(record(std::declval<gpu::TransferBatch&>())) {
    const std::lock_guard held(mutex_);
    if (recording_now_) return nested();
    begin_batch(gpu);
    recording_now_ = true;
    auto result = std::forward<F>(record)(batch_);
    recording_now_ = false;
    if (result) {
      number = recording_;
      recorded_ = true;
    }
    return result;
  }
  // Effect: what was recorded goes to the queue. Result: its ticket, or the one before if there was
  // nothing.
  [[nodiscard]] Result<gpu::Ticket> submit() noexcept;
  // Effect: the frame of the GPU ends with what was recorded. Result: that of end_gpu_frame().
  [[nodiscard]] Result<gpu::Ticket> end_frame(gpu::GpuAllocator& gpu) noexcept;
  // Result: whether the ticket may stand for something that is recorded and not submitted.
  [[nodiscard]] bool waits_for_submission(gpu::Ticket ticket) noexcept;
  // Result: the last submission, in place of the end of a frame that has not ended; any other
  // ticket as it is. Nothing where the ticket of the last submission is not known. Requirement:
  // inside the gate, so that what a frame ends with is not on its way to the queue.
  [[nodiscard]] std::optional<gpu::Ticket> reachable(const gpu::GpuAllocator& gpu,
                                                     gpu::Ticket ticket) noexcept;
  // Effect: the readback ends, whether or not it was submitted.
  void end_readback(gpu::Readback readback) noexcept;
  // Result: whether it has arrived; then it is linked with nothing any more.
  [[nodiscard]] bool has_arrived(const gpu::Readback& readback) noexcept;
  // Result: of a submission, by its number: when it is complete. 0: it failed.
  [[nodiscard]] gpu::Ticket ticket_of(std::uint64_t number) noexcept;
  // Effect: what was not submitted is dropped, and nothing of the GPU's allocator is held any more.
  void drop_batch() noexcept;

 private:
  struct Submission {
    std::uint64_t number = 0;
    gpu::Ticket ticket;
    bool failed = false;
  };
  // Of older ones it is known that they came before.
  static constexpr std::size_t kRemembered = 64;

  explicit UnifiedState(const SmartAlloc& cpu) noexcept : cpu_(cpu) {}
  [[nodiscard]] Error nested() const noexcept;
  // Under the mutex.
  // Effect: takes note of it if a wait for a Readback has submitted the batch.
  void notice_submission() noexcept;
  void begin_batch(gpu::GpuAllocator& gpu) noexcept;
  // Effect: the batch is the caller's to submit. Result: the number of that submission; 0: nothing
  // was recorded.
  [[nodiscard]] std::uint64_t take_batch(gpu::TransferBatch& batch) noexcept;
  // Effect: takes note of how the submission went; of a failure where the ticket is 0.
  void note_submission(std::uint64_t number, gpu::Ticket ticket) noexcept;
  [[nodiscard]] Submission& remembered(std::uint64_t number) noexcept {
    return submissions_[number % kRemembered];
  }

  SmartAlloc cpu_;
  std::atomic<std::size_t> shares_{1};

  std::recursive_mutex mutex_;  // of what follows
  bool recording_now_ = false;  // this thread, further down its stack
  gpu::TransferBatch batch_;
  bool has_batch_ = false;
  bool recorded_ = false;          // something, in batch_
  bool submitted_unseen_ = false;  // by a Readback, after last_
  std::uint64_t recording_ = 1;    // number of the submission that batch_ will be
  gpu::Ticket at_latest_;          // the end of the frame that will submit batch_
  gpu::Ticket last_;               // of the last submission that went well
  std::array<Submission, kRemembered> submissions_;
};

// What the sources do with the sides of buffers.
struct SidesAccess {
  [[nodiscard]] static BufferSides& of(const UnifiedBuffer& buffer) noexcept {
    return buffer.sides_;
  }
  // Effect: the side is in the usage until the buffer ends.
  static void count_cpu(BufferSides& sides) noexcept {
    if (!std::exchange(sides.counts_cpu, true))
      sides.state->cpu_bytes.fetch_add(sides.size, std::memory_order_relaxed);
  }
  static void count_gpu(BufferSides& sides) noexcept {
    if (!std::exchange(sides.counts_gpu, true))
      sides.state->gpu_bytes.fetch_add(sides.size, std::memory_order_relaxed);
  }
  // Effect: what was on its way to the CPU's side does not come.
  static void forget_arriving(BufferSides& sides) noexcept {
    if (std::exchange(sides.awaits, false)) sides.state->end_readback(std::move(sides.arriving));
  }
  // Effect: `made`, if there is one, is the GPU's side from now on.
  static void take_device(BufferSides& sides, gpu::GpuBuffer made) noexcept {
    if (!made) return;
    sides.usage = made.usage();
    sides.device = std::move(made);
    count_gpu(sides);
  }
  // Result: a buffer without sides.
  [[nodiscard]] static UnifiedBuffer make(UnifiedState& state, std::size_t size) noexcept {
    UnifiedBuffer buffer;
    state.share();
    buffer.sides_.state = &state;
    buffer.sides_.size = size;
    return buffer;
  }
  [[nodiscard]] static UnifiedBuffer make(UnifiedState& state, gpu::GpuBuffer device,
                                          std::uint64_t transfers = 0) noexcept {
    UnifiedBuffer buffer = make(state, device.size());
    buffer.sides_.location = buffer.sides_.before = BufferLocation::GpuOnly;
    buffer.sides_.transfers = transfers;
    take_device(buffer.sides_, std::move(device));
    return buffer;
  }
};

}  // namespace framealloc::coordinator::detail
