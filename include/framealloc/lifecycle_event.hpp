// SPDX-License-Identifier: MIT OR Apache-2.0
// What happens in an allocator, told while it happens. Emission sits below the allocators; what
// understands events (histories, graphs) sits above them, in diag/.
#pragma once

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
  CrossThreadFreeQueued,  ///< a batch: count, size (bytes of all), other_thread: whose blocks they
                          ///< are
  DeferredProcessed,      ///< count, size (bytes of all): taken back from other threads' frees
  TransferInitiated,      ///< size
  TransferCompleted,      ///< size
  MemoryPressure,         ///< used, limit, size: bytes of the request that is about to be denied
  BudgetExceeded,         ///< size: bytes asked for, used, limit, available
  LargeAllocation,        ///< alloc_kind, size: a request too large for a page of its kind
  SlabRefill,             ///< size: of one block, count: blocks now ready
  BudgetWarning,          ///< used, limit: a soft limit or a warning threshold was passed
  PhaseEnd,               ///< phase, began_ns, size: frame bytes of the thread in it
  // Handles: id is the slot in the upper half and its generation in the lower.
  HandleAlloc,       ///< id, size
  HandleFree,        ///< id, size: the object has ended
  HandleRelocated,   ///< id, size: compact() has moved the object
  HandlesCompacted,  ///< count, size (bytes of all): what a compact() has moved; began_ns
  // Streamed assets: id is StreamId::raw(), count the priority as a number.
  StreamReserved,         ///< id, size, count
  StreamLoaded,           ///< id, size, count
  StreamFailed,           ///< id, size, count: a load has stopped, or was canceled
  StreamEvicted,          ///< id, size, count
  StreamFreed,            ///< id, size, count
  StreamPriorityChanged,  ///< id, size, count: the new one
  // Groups: id is the slot in the upper half and its generation in the lower.
  GroupCreated,  ///< id, name, limit: its budget
  GroupFreed,    ///< id, name, size (bytes of all), count: of allocations; children come first
  // Scratch pools: id is the pool's number.
  ScratchOpened,  ///< id, name, size: its capacity
  ScratchReset,   ///< id, name, size: bytes that were in use
  // Memory of devices, told by modules: id is the buffer's number.
  GpuAlloc,              ///< id, size, name
  GpuFree,               ///< id, size, name: the program has let it go
  GpuBlockAllocated,     ///< size, count: index of the heap; device memory was taken
  GpuBlockFreed,         ///< size, count: index of the heap
  GpuFrameBegin,         ///< count: number of the device's frame, name: of the device
  GpuFrameEnd,           ///< as GpuFrameBegin; began_ns
  GpuTransferSubmitted,  ///< size (bytes of all), count: of copies, id: serial of the submission
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
/// Every kind but those that are told for each call or object, and slow each down.
inline constexpr FrameEventMask kRareFrameEvents =
    kAllFrameEvents & ~events(FrameEventKind::Alloc, FrameEventKind::Free,
                              FrameEventKind::HandleAlloc, FrameEventKind::HandleFree,
                              FrameEventKind::HandleRelocated, FrameEventKind::GpuAlloc,
                              FrameEventKind::GpuFree);

[[nodiscard]] std::string_view to_string(FrameEventKind kind) noexcept;

/// One event. Every event has the first four fields; which others mean something is said beside its
/// kind. Sizes in bytes. Views are valid during the call of the listener only.
struct FrameEvent {
  FrameEventKind kind = FrameEventKind::FrameBegin;
  ThreadId thread_id;              ///< on which it happened
  std::uint64_t frame_number = 0;  ///< of the frame that is open or ended last
  std::uint64_t timestamp_ns = 0;  ///< of the monotonic clock
  std::string_view tag;            ///< path of the tag that it concerns, "" when untagged or none

  AllocKind alloc_kind = AllocKind::Frame;
  bool was_cross_thread = false;
  /// FrameBegin, FrameEnd: of a frame of the thread's own; frame_number counts these then.
  bool own_frame = false;
  ThreadId other_thread;
  std::size_t size = 0;
  std::uint64_t count = 0;
  std::uint64_t duration_us = 0;  ///< from the begin of the frame to its end
  std::uint64_t began_ns = 0;     ///< of the monotonic clock; 0: before anybody listened
  std::string_view phase;         ///< its name
  std::string_view name;          ///< of the group, scratch pool, buffer or device
  std::uint64_t id = 0;           ///< of the object, asset, group, scratch pool or buffer
  std::size_t total_allocated =
      0;                         ///< frame memory that the frame held at its end, all its threads
  std::size_t peak_memory = 0;   ///< most frame memory that it held at once
  std::size_t bytes_in_use = 0;  ///< of all kinds, when the frame ended
  std::size_t reserved = 0;      ///< from the source, when the frame ended
  std::size_t used = 0;
  std::size_t limit = 0;
  std::size_t available = 0;
};

/// Called on the thread where the event happens, with no lock of the library held. It may call the
/// allocator, subscribe, and end subscriptions, its own as well. What it causes on its own thread
/// is told to nobody. Must not throw.
using FrameEventListener = void (*)(const FrameEvent& event, void* context);

}  // namespace framealloc
