// SPDX-License-Identifier: MIT OR Apache-2.0
// GPU memory by intent and lifetime.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/backend.hpp>
#include <framealloc/gpu/buffer.hpp>
#include <framealloc/gpu/config.hpp>
#include <framealloc/gpu/offset_types.hpp>
#include <framealloc/gpu/pressure.hpp>
#include <framealloc/gpu/requirements.hpp>
#include <framealloc/gpu/reservation_guard.hpp>
#include <framealloc/gpu/resource_memory.hpp>
#include <framealloc/gpu/stats.hpp>
#include <framealloc/gpu/ticket.hpp>
#include <framealloc/result.hpp>
#include <framealloc/smart_alloc.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace framealloc::gpu {

class FrameRing;
class TransferBatch;

namespace detail {
class GpuCore;
struct CoreAccess;
}  // namespace detail

/// Handle to an allocator; copies share it, and it ends with the last one. It waits then until the
/// GPU is done with what it lets go, and reports what is still held (FA007). An empty one, which
/// was moved from, answers empty and 0 to everything, and FA010 where a Result says why.
///
/// Retired memory is taken back at frames' begins. A program without frames calls wait_idle() when
/// its own submissions are over.
///
/// Thread contract: every member may be called on any thread, but those that say "drives" belong to
/// one thread at a time, and those that say "uses the queue" submit to the queue given to the
/// backend, which the caller guards as its API asks. Nothing throws. Failures are Results, or empty
/// with a report to the SmartAlloc it was made with.
class GpuAllocator {
 public:
  /// Tags of the calling thread, reports, events and bookkeeping memory are those of `host`.
  /// Failure: FA010 impossible configuration, FA012 no bookkeeping, FA419 backend.
  [[nodiscard]] static Result<GpuAllocator> create(SmartAlloc host, GpuBackend& backend,
                                                   const GpuConfig& config = {}) noexcept;
  GpuAllocator(const GpuAllocator& other) noexcept;
  GpuAllocator(GpuAllocator&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  GpuAllocator& operator=(GpuAllocator other) noexcept {
    std::swap(core_, other.core_);
    return *this;
  }
  ~GpuAllocator();

  // --- Memory ------------------------------------------------------------------------------------
  /// Failures: FA011 size or alignment; FA418 nothing on the device will do; FA416 the device,
  /// FA417 a budget has denied, after room was made as far as it went; FA012 no bookkeeping; FA001
  /// frame memory without a frame; FA419 the driver.
  FRAMEALLOC_GPU_BUFFER [[nodiscard]] Result<GpuBuffer> allocate(
      const GpuAllocRequirements& request,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: the same as letting it end.
  void deallocate(GpuBuffer buffer) noexcept { static_cast<void>(buffer); }
  [[nodiscard]] Result<GpuBuffer> allocate_buffer(
      std::size_t size, BufferUsage usage, MemoryType type,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  void free_buffer(GpuBuffer buffer) noexcept { deallocate(std::move(buffer)); }
  /// Result: whether a buffer with the intent's implied usage can be had.
  [[nodiscard]] bool supports_intent(GpuMemoryIntent intent) const noexcept;
  /// Result: whether the intent is supported and such a buffer can be mapped.
  [[nodiscard]] bool supports_mapping(GpuMemoryIntent intent) const noexcept;
  /// Result: to what a slice of a ring is aligned for that usage, in bytes.
  [[nodiscard]] std::size_t alignment_for(BufferUsage usage) const noexcept;

  // --- Frames ------------------------------------------------------------------------------------
  /// Effect: opens the next frame. Waits until the GPU has completed the frame frames_in_flight
  /// before it, then takes back its memory and what was retired in it, and asks for the heaps'
  /// budgets once. Failure: FA004 inside a frame; FA419 not completed after `timeout` (call again),
  /// or device lost. Drives.
  FRAMEALLOC_BEGIN_GPU_FRAME Result<void> begin_gpu_frame(
      std::chrono::nanoseconds timeout = kForever) noexcept;
  /// Effect: signals the end of the frame behind everything that the queue was given, closes it.
  /// Frame buffers that are still held and that no transfer has used are reported (FA411).
  /// Failure: FA004 outside a frame; FA419: the frame is closed all the same. Drives; uses the
  /// queue.
  FRAMEALLOC_END_GPU_FRAME Result<Ticket> end_gpu_frame() noexcept;
  /// Effect: the same behind the copies of `last`, in one submission with them where the backend can.
  /// What goes wrong with either is reported once. `copies`, if given, is the ticket of the copies:
  /// 0 where there were none or they failed. Failure: also as TransferBatch::submit(); the frame is
  /// closed all the same.
  FRAMEALLOC_END_GPU_FRAME Result<Ticket> end_gpu_frame(TransferBatch last,
                                                        Ticket* copies = nullptr) noexcept;
  /// Result: of the frame that is open, or ended last; 0: none yet.
  [[nodiscard]] std::uint64_t current_frame() const noexcept;
  /// Result: the end of the frame that is open, else of the next one: all that is submitted from now
  /// on in this frame is complete with it.
  [[nodiscard]] Ticket frame_end() const noexcept;
  /// Frame memory as a buffer; the request's lifetime is taken as Frame unless it is MultiFrame.
  FRAMEALLOC_GPU_FRAME [[nodiscard]] Result<GpuBuffer> frame_alloc(
      GpuAllocRequirements request,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// The hot path. Requirement: Staging or HostVisible; for another the ring's calls are denied
  /// (FA418). Reports of its slices name the place of this call.
  [[nodiscard]] FrameRing& frame_ring(GpuMemoryIntent intent,
                                      CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] FrameRing& staging(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_ring(GpuMemoryIntent::Staging, site);
  }

  // --- Transfers and completion ------------------------------------------------------------------
  /// Result: a batch on the queue, or on the transfer queue if there is one.
  [[nodiscard]] TransferBatch begin_transfer() noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Does not wait.
  [[nodiscard]] bool is_complete(Ticket ticket) const noexcept;
  /// Failure: FA419 after `timeout`, at once for a ticket whose work has not been submitted yet, or
  /// device lost; FA011 a ticket that nothing will reach.
  FRAMEALLOC_GPU_WAITS Result<void> wait(Ticket ticket,
                                         std::chrono::nanoseconds timeout = kForever) noexcept;
  /// Effect: waits for all that was submitted, then takes back all that was let go before the call,
  /// also in the frame that is open, if the backend sees every submission, as HostBackend does. On a
  /// queue of yours what the open frame has let go stays until the frame is complete, because
  /// submissions of yours may use it; between frames those must be over. What a TransferBatch has
  /// recorded stays until that is submitted or dropped, and memory of the open frame until its end.
  /// Failure: FA419 device lost.
  FRAMEALLOC_GPU_WAITS Result<void> wait_idle() noexcept;
  /// Effect: calls the function once the ticket is complete, on the thread that notices; at once if
  /// it is. When the allocator ends it is called too.
  void on_complete(Ticket ticket, void (*function)(void* context), void* context) noexcept;

  // --- Budgets -----------------------------------------------------------------------------------
  [[nodiscard]] unsigned heap_count() const noexcept;
  /// Result: all 0 for a heap that there is not.
  [[nodiscard]] GpuHeapBudget heap_budget(unsigned heap) const noexcept;
  /// Effect: bytes that the heap may hold; 0: none. Below what is held: denies growth.
  void set_heap_limit(unsigned heap, std::size_t bytes) noexcept;
  /// Effect: limits the bytes handed out under the tag (a path from the root) and below it. 0:
  /// none.
  void set_tag_limit(std::string_view tag, std::size_t bytes) noexcept;
  /// Null: no handler. Requirement of both: while no other thread is in a call that may deny.
  void on_pressure(GpuPressureHandler handler, void* context = nullptr) noexcept;
  void on_evict(GpuEvictionHandler handler, void* context = nullptr) noexcept;
  /// Effect: gives empty blocks back at once. Result: bytes.
  std::size_t trim() noexcept;
  /// Effect: moves buffers allocated with_movable() out of the emptiest blocks, at most `max_bytes`
  /// of them, copies on the queue, tells the handler of each. Result: bytes moved; 0: nothing to
  /// gain. Failure: FA419; what was not told has not moved. Drives; uses the queue.
  Result<std::size_t> defragment(std::size_t max_bytes, GpuMoveHandler handler,
                                 void* context = nullptr) noexcept;

  // --- Truth -------------------------------------------------------------------------------------
  /// Constant time, no call of the driver.
  [[nodiscard]] GpuAllocStats stats() const noexcept;
  /// Result: bytes handed out, subtree included; 0 for a tag that does not exist.
  [[nodiscard]] std::size_t tag_bytes(std::string_view tag) const noexcept;
  [[nodiscard]] std::size_t total_allocated() const noexcept { return stats().allocated_bytes; }
  /// Result: bytes that DeviceOnly's heap would still grant.
  [[nodiscard]] std::size_t available_memory() const noexcept;
  /// Result: every heap, block, region and buffer with tag, name and frame; "" without memory.
  [[nodiscard]] std::string to_json() const noexcept;
  /// Result: the blocks as a picture; "" without memory.
  [[nodiscard]] std::string to_svg() const noexcept;
  /// Requirement of both: not empty.
  [[nodiscard]] SmartAlloc& host() noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] GpuBackend& backend() noexcept FRAMEALLOC_LIFETIMEBOUND;

  // --- For backends and modules that stand on an allocator ---------------------------------------
  /// Effect: device memory for a resource that exists and that the caller binds. `request` gives
  /// intent, priority, dedicated and name; size, alignment and memory types are those of `needs`,
  /// the lifetime is Persistent. Failure: as allocate(); nothing is owned then.
  [[nodiscard]] Result<ResourceMemory> allocate_resource(
      const DeviceNeeds& needs, OffsetKind kind, const GpuAllocRequirements& request,
      const ResourceOwner& owner,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// The same for an image that the memory owns; 0: for something that it does not own.
  [[nodiscard]] Result<ResourceMemory> allocate_resource(
      const DeviceNeeds& needs, OffsetKind kind, const GpuAllocRequirements& request,
      std::uint64_t owned_image = 0,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return allocate_resource(needs, kind, request, ResourceOwner{owned_image, 0, owned_image != 0},
                             site);
  }
  /// Effect: this staging memory is not reported as forgotten (FA411): a transfer of it was asked for,
  /// and denied with a report of its own.
  static void excuse(const GpuBuffer& staging) noexcept;
  /// Effect: from now on what is reserved is charged to the guard too, and what is held already has
  /// been. Null: to none any more. Result: false, and nothing has changed, if the guard denies what
  /// is held. The guard outlives the allocator, or is taken off before. Requirement: while no other
  /// thread allocates.
  bool set_reservation_guard(ReservationGuard* guard) noexcept;

 private:
  friend struct detail::CoreAccess;
  explicit GpuAllocator(detail::GpuCore* core) noexcept : core_(core) {}
  detail::GpuCore* core_ = nullptr;
};

}  // namespace framealloc::gpu
