// SPDX-License-Identifier: MIT OR Apache-2.0
// What a TransferBatch has recorded.
#pragma once

#include "device/gpu_core.hpp"
#include "transfer/timeline.hpp"

#include <framealloc/gpu/transfer_batch.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

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

  [[nodiscard]] bool reserve_one(const SmartAlloc& host) noexcept {
    if (count < capacity) return true;
    const std::size_t wanted = capacity == 0 ? 16 : capacity * 2;
    auto* const grown = static_cast<T*>(host.bookkeeping_alloc(wanted * sizeof(T)));
    if (grown == nullptr) return false;
    for (std::size_t i = 0; i < count; ++i) grown[i] = items[i];
    host.bookkeeping_free(items, capacity * sizeof(T));
    items = grown;
    capacity = wanted;
    return true;
  }
  // Requirement: reserve_one().
  void push(const T& item) noexcept { items[count++] = item; }
  void free(const SmartAlloc& host) noexcept {
    host.bookkeeping_free(items, capacity * sizeof(T));
    items = nullptr;
    count = capacity = 0;
  }
};

// Shared by the batch and its readbacks, which may wait for copies that nobody has submitted yet.
struct BatchState {
  explicit BatchState(GpuCore& core) noexcept : link(core), host(core.host) {}

  CoreLink link;
  SmartAlloc host;                      // of the bookkeeping: it may outlive the allocator
  std::atomic<std::uint32_t> users{1};  // the batch, and readbacks that are not submitted
  BookArray<CopyCommand> commands;
  BookArray<BatchUse> uses;
  ReadbackState* readbacks = nullptr;
  std::size_t bytes = 0;
  std::uint64_t frame = 0;  // whose memory it holds; 0: none
  // Staging memory for uploads outside of frames.
  GpuBuffer chunk;
  std::size_t chunk_used = 0;
  struct Chunk {
    GpuBuffer buffer;
    Chunk* next = nullptr;
  };
  Chunk* full_chunks = nullptr;
};

struct ReadbackState {
  ReadbackState(GpuCore& core, BatchState& batch_) noexcept
      : link(core), host(core.host), batch(&batch_) {}
  CoreLink link;
  SmartAlloc host;
  BatchState* batch = nullptr;  // null once it was submitted or dropped
  GpuBuffer buffer;
  std::uint64_t serial = 0;  // 0: not submitted
  bool failed = false;       // dropped, or refused
  bool fetched = false;      // invalidated since it has completed
  ReadbackState* next = nullptr;
};

// What the public classes and GpuAllocator share.
struct TransferAccess {
  // Result: an empty batch without bookkeeping memory.
  [[nodiscard]] static TransferBatch begin(GpuCore& core) noexcept;
  [[nodiscard]] static Result<Readback> readback(GpuCore& core, BatchState& batch,
                                                 const GpuBuffer& src, std::size_t offset,
                                                 std::size_t size) noexcept;
};

// Effect: submits what is recorded (`handed` false), or gives it to the frame that is open, whose
// commands somebody else submits. The batch is empty afterward, also where that fails.
[[nodiscard]] Result<Ticket> finish(GpuCore& core, BatchState& batch, bool handed) noexcept;
// Effect: forgets what is recorded. `core` may be null: the allocator has ended.
void drop(GpuCore* core, BatchState& batch) noexcept;
// Effect: one user less; the state goes with the last.
void let_go(BatchState* batch) noexcept;

}  // namespace framealloc::gpu::detail
