// SPDX-License-Identifier: MIT OR Apache-2.0
// What a TransferBatch has recorded.
#pragma once

#include "device/gpu_core.hpp"
#include "transfer/timeline.hpp"

#include <framealloc/gpu/transfer_batch.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::detail {

// A buffer that the batch's copies read or write. It is pinned: let go, it stays until the batch is
// submitted or dropped.
struct BatchUse {
  BufferRecord* record = nullptr;
  bool reads = false, writes = false;
};

// An array in the host's bookkeeping memory that grows by demand, and says when it cannot.
template <class T>
struct BookArray {
  T* items = nullptr;
  std::size_t count = 0;
  std::size_t capacity = 0;

  [[nodiscard]] bool reserve(const SmartAlloc& host, std::size_t more) noexcept {
    if (count + more <= capacity) return true;
    const std::size_t wanted = capacity == 0 ? 16 : capacity * 2;  // `more` is a few
    auto* const grown = static_cast<T*>(host.bookkeeping_alloc(wanted * sizeof(T)));
    if (grown == nullptr) return false;
    for (std::size_t i = 0; i < count; ++i) grown[i] = items[i];
    host.bookkeeping_free(items, capacity * sizeof(T));
    items = grown;
    capacity = wanted;
    return true;
  }
  // Requirement: reserve().
  void push(const T& item) noexcept { items[count++] = item; }
  void free(const SmartAlloc& host) noexcept {
    host.bookkeeping_free(items, capacity * sizeof(T));
    items = nullptr;
    count = capacity = 0;
  }
};

struct ReadbackState;

// Shared by the batch and its readbacks, which may be another thread's: it may let one go, or wait
// for one and submit the batch, while the batch is being recorded. All but what is constant is
// written under the mutex. That is recursive, because what is let go under it may run a listener of
// the program that lets another readback go; no report is made and no memory is asked for under it.
struct BatchState {
  // Staging memory for uploads outside of frames.
  struct Chunk {
    GpuBuffer buffer;
    Chunk* next = nullptr;
  };

  explicit BatchState(GpuCore& core) noexcept : link(core), host(core.host) {}

  const CoreLink link;
  const SmartAlloc host;                // of the bookkeeping: it may outlive the allocator
  std::atomic<std::uint32_t> users{1};  // the batch, and its readbacks
  std::recursive_mutex mutex;
  BookArray<CopyCommand> commands;
  BookArray<BatchUse> uses;
  ReadbackState* readbacks = nullptr;  // that are not submitted
  std::size_t bytes = 0;
  std::uint64_t frame = 0;  // whose memory it holds; 0: none
  Chunk* chunks = nullptr;  // the first is not full yet
  std::size_t chunk_used = 0;
};

struct ReadbackState {
  ReadbackState(GpuCore& core, BatchState& batch_) noexcept
      : link(core), host(core.host), batch(batch_) {}
  const CoreLink link;
  const SmartAlloc host;
  BatchState& batch;  // one of its users
  GpuBuffer buffer;
  std::atomic<std::uint64_t> serial{0};  // 0: not submitted
  bool fetched = false;                  // invalidated since it has completed
  // Under the batch's mutex.
  bool recorded = true;  // and neither submitted nor dropped
  ReadbackState* next = nullptr;
};

// What the public classes and GpuAllocator share.
struct TransferAccess {
  // Result: an empty batch without bookkeeping memory.
  [[nodiscard]] static TransferBatch begin(GpuCore& core) noexcept;
  [[nodiscard]] static BatchState* state(const TransferBatch& batch) noexcept {
    return batch.state_;
  }
  [[nodiscard]] static Result<Readback> readback(GpuCore& core, BatchState& batch,
                                                 const GpuBuffer& src, std::size_t offset,
                                                 std::size_t size) noexcept;
};

// Effect: submits what is recorded (`handed` false), or gives it to the frame that is open, whose
// commands somebody else submits. The batch is empty afterward, also where that fails.
// Requirement, as of all that follows: the mutex is not held.
[[nodiscard]] Result<Ticket> finish(GpuCore& core, BatchState& batch, bool handed) noexcept;
// Effect: the frame ends with what is recorded: in one submission, where the backend can. What goes
// wrong with either is reported once, and the frame ends all the same.
[[nodiscard]] Result<Ticket> finish_frame(GpuCore& core, BatchState& batch,
                                          Ticket* copies) noexcept;
// Effect: forgets what is recorded. `core` may be null: the allocator has ended.
void drop(GpuCore* core, BatchState& batch) noexcept;
// Effect: the memory is let go. Requirement: the mutex of no batch is held.
void free_chunks(const SmartAlloc& host, BatchState::Chunk* chunks) noexcept;
// Effect: the batch itself ends; its readbacks keep what they need.
void end_batch(GpuCore* core, BatchState* batch) noexcept;
// Effect: one user less; the state goes with the last.
void let_go(BatchState* batch) noexcept;

}  // namespace framealloc::gpu::detail
