// SPDX-License-Identifier: MIT OR Apache-2.0
// Events of an allocator, sent as they happen. Emitting them sits below the allocators; what
// interprets them (histories, graphs) sits above, in diag/.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc {

enum class FrameEventKind : std::uint8_t {
  FrameBegin,
  FrameEnd,               ///< duration_us, began_ns, total_allocated, peak_memory, bytes_in_use,
                          ///< reserved
  Alloc,                  ///< alloc_kind, size
  Free,                   ///< alloc_kind, size, was_cross_thread
  CrossThreadFreeQueued,  ///< a batch: count, size (total bytes), other_thread: the blocks' owner
  DeferredProcessed,      ///< count, size (total bytes): taken back after frees by other threads
  TransferInitiated,      ///< size
  TransferCompleted,      ///< size
  MemoryPressure,         ///< used, limit, size: bytes of the request about to be denied
  BudgetExceeded,         ///< size: bytes asked for, used, limit, available
  LargeAllocation,        ///< alloc_kind, size: a request too large for a page of its kind
  SlabRefill,             ///< size: of one block, count: blocks now ready
  BudgetWarning,          ///< used, limit: a soft limit or warning threshold was passed
  PhaseEnd,               ///< phase, began_ns, size: frame bytes of the thread during the phase
  // Handles: id is the slot in the upper half and its generation in the lower.
  HandleAlloc,       ///< id, size
  HandleFree,        ///< id, size: the object is gone
  HandleRelocated,   ///< id, size: compact() has moved the object
  HandlesCompacted,  ///< count, size (total bytes): what compact() moved; began_ns
  // Streamed assets: id is StreamId::raw(), count the priority as a number.
  StreamReserved,         ///< id, size, count
  StreamLoaded,           ///< id, size, count
  StreamFailed,           ///< id, size, count: a load failed or was canceled
  StreamEvicted,          ///< id, size, count
  StreamFreed,            ///< id, size, count
  StreamPriorityChanged,  ///< id, size, count: the new one
  // Groups: id is the slot in the upper half and its generation in the lower.
  GroupCreated,  ///< id, name, limit: its budget
  GroupFreed,    ///< id, name, size (total bytes), count: of allocations; children first
  // Scratch pools: id is the pool's number.
  ScratchOpened,  ///< id, name, size: its capacity
  ScratchReset,   ///< id, name, size: bytes that were in use
  // Device memory, sent by modules: id is the buffer's number.
  GpuAlloc,              ///< id, size, name
  GpuFree,               ///< id, size, name: released by the program
  GpuBlockAllocated,     ///< size, count: index of the heap; device memory was acquired
  GpuBlockFreed,         ///< size, count: index of the heap
  GpuFrameBegin,         ///< count: number of the device's frame, name: of the device
  GpuFrameEnd,           ///< as GpuFrameBegin; began_ns, if the module knows it
  GpuTransferSubmitted,  ///< size (total bytes), count: of copies, id: serial of the submission
  GpuBudgetDenied,       ///< size: bytes asked for, used, limit, count: index of the heap
};
inline constexpr unsigned kFrameEventKinds = 36;

/// A set of kinds.
using FrameEventMask = std::uint64_t;
inline constexpr FrameEventMask kAllFrameEvents = (FrameEventMask{1} << kFrameEventKinds) - 1;
[[nodiscard]] constexpr FrameEventMask mask_of(FrameEventKind kind) noexcept {
  return FrameEventMask{1} << static_cast<unsigned>(kind);
}
template <class... Kinds>
[[nodiscard]] constexpr FrameEventMask events(Kinds... kinds) noexcept {
  return (FrameEventMask{0} | ... | mask_of(kinds));
}
/// Every kind except those sent for each call or object, which slow each one down.
inline constexpr FrameEventMask kRareFrameEvents =
    kAllFrameEvents & ~events(FrameEventKind::Alloc, FrameEventKind::Free,
                              FrameEventKind::HandleAlloc, FrameEventKind::HandleFree,
                              FrameEventKind::HandleRelocated, FrameEventKind::GpuAlloc,
                              FrameEventKind::GpuFree);

[[nodiscard]] FRAMEALLOC_API std::string_view to_string(FrameEventKind kind) noexcept;

/// One event. Every event sets the first four fields; the comment on its kind lists the others.
/// Sizes in bytes. Views are valid only during the call of the listener.
struct FrameEvent {
  FrameEventKind kind = FrameEventKind::FrameBegin;
  ThreadId thread_id;              ///< on which it happened
  std::uint64_t frame_number = 0;  ///< of the open frame, or else of the last one
  std::uint64_t timestamp_ns = 0;  ///< of the monotonic clock
  std::string_view tag;            ///< path of the tag concerned; "" when untagged or none

  AllocKind alloc_kind = AllocKind::Frame;
  bool was_cross_thread = false;
  /// FrameBegin, FrameEnd: a thread's own frame; frame_number then counts those.
  bool own_frame = false;
  ThreadId other_thread;
  std::size_t size = 0;
  std::uint64_t count = 0;
  std::uint64_t duration_us = 0;    ///< from the beginning of the frame to its end
  std::uint64_t began_ns = 0;       ///< of the monotonic clock; 0: before anyone listened
  std::string_view phase;           ///< its name
  std::string_view name;            ///< of the group, scratch pool, buffer or device
  std::uint64_t id = 0;             ///< of the object, asset, group, scratch pool or buffer
  std::size_t total_allocated = 0;  ///< frame memory held at the end of the frame, over all threads
  std::size_t peak_memory = 0;      ///< most frame memory the frame held at once
  std::size_t bytes_in_use = 0;     ///< of all kinds, when the frame ended
  std::size_t reserved = 0;         ///< from the source, when the frame ended
  std::size_t used = 0;
  std::size_t limit = 0;
  std::size_t available = 0;
};

/// Called on the thread where the event happens, with no library lock held. It may call the
/// allocator, subscribe, and end subscriptions, including its own. Events it causes on its own
/// thread are not sent. Must not throw.
using FrameEventListener = void (*)(const FrameEvent& event, void* context);

}  // namespace framealloc
