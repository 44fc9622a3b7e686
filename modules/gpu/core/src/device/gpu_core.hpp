// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator behind its handles: what every folder above works with.
#pragma once

#include "device/block_lists.hpp"
#include "device/buffer_record.hpp"
#include "device/completion.hpp"
#include "device/gpu_denial.hpp"
#include "device/host_source.hpp"
#include "device/memory_gate.hpp"
#include "device/record_pool.hpp"
#include "device/retire_queue.hpp"
#include "device/serial.hpp"
#include "device/tag_accounts.hpp"
#include "device/transient_memory.hpp"
#include "device/type_order.hpp"
#include "device/usage_peak.hpp"

#include <framealloc/figures.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/config.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <utility>

namespace framealloc::gpu::detail {

// What a report says beside its code and text.
struct ReportFacts {
  std::size_t requested = 0;
  std::size_t available = 0;
  const void* address = nullptr;
  TagId tag = TagId::Untagged;
  std::uint64_t frame = 0;
  CallSite site;
  std::string_view holder;
  std::size_t holder_bytes = 0;
};

// The parts, and what needs several of them. `transient` and `completion` are made by the folders
// ring/ and transfer/ and set before the first call; allocator/ puts all of them together.
class GpuCore {
 public:
  GpuCore(const SmartAlloc& host_, GpuBackend& backend_, const GpuConfig& config_) noexcept;
  GpuCore(const GpuCore&) = delete;
  GpuCore& operator=(const GpuCore&) = delete;

  SmartAlloc host;
  GpuBackend& backend;
  const GpuConfig config;
  HostSource source;  // of bookkeeping
  MemoryGate gate;
  TagAccounts tags;
  BlockLists blocks;
  RecordPool* records = nullptr;
  RetireQueue retired;
  UsagePeak usage_peak;
  TransientMemory* transient = nullptr;
  Completion* completion = nullptr;

  [[nodiscard]] const GpuDeviceInfo& info() const noexcept { return backend.info(); }

  // --- Frames ------------------------------------------------------------------------------------
  // Result: of the frame that is open or ended last; 0: none yet.
  [[nodiscard]] std::uint64_t frame() const noexcept {
    return clock_.load(std::memory_order_acquire) >> 1;
  }
  [[nodiscard]] bool frame_open() const noexcept {
    return (clock_.load(std::memory_order_acquire) & 1) != 0;
  }
  // Result: the frame that is open, else the next: to its end belongs what happens now.
  [[nodiscard]] std::uint64_t epoch() const noexcept {
    const std::uint64_t clock = clock_.load(std::memory_order_acquire);
    return (clock >> 1) + (~clock & 1);
  }
  Result<void> begin_frame(std::chrono::nanoseconds timeout) noexcept;
  Result<Ticket> end_frame() noexcept;
  // The halves of it, for what submits between them. Effect: the open frame is over for the program;
  // its end is to be signaled. Result: its number. Requirement: a frame is open.
  std::uint64_t close_frame() noexcept;
  // Effect: tells the event, and reports that the end could not be signaled. Result: that of
  // end_frame().
  Result<Ticket> frame_ended(std::uint64_t now, DeviceStatus status) noexcept;
  // The same, where what went wrong is reported in another way.
  void frame_ended_unheard(std::uint64_t now) noexcept {
    emit(FrameEventKind::GpuFrameEnd, 0, now);
  }
  Result<void> wait_idle() noexcept;

  // --- Memory ------------------------------------------------------------------------------------
  // Effect: device memory for a block of a ring. Makes room where it is denied: empty blocks,
  // evictions, the pressure handler. Result: false, and why. Requirement: no lock is held.
  [[nodiscard]] bool take_memory(const DeviceMemoryRequest& request, DeviceMemory& memory,
                                 GpuDenial& denial) noexcept;
  // Effect: gives the memory back to the device. Requirement: no lock is held.
  void give_memory(unsigned type, std::size_t size, const DeviceMemory& memory) noexcept;
  // Effect: charges the tag, making room where its limit denies. Requirement: no lock is held.
  [[nodiscard]] bool charge_tag(TagId tag, std::size_t bytes, GpuDenial& denial) noexcept;
  [[nodiscard]] const TypeOrder& order(GpuMemoryIntent intent) const noexcept {
    return orders_[static_cast<std::size_t>(intent)];
  }
  // Effect: gives empty blocks back, of one heap or of all (kMaxHeaps). Result: bytes.
  std::size_t trim(unsigned heap) noexcept;

  // A persistent buffer, or a frame buffer by its lifetime. Does not report.
  [[nodiscard]] bool allocate(const GpuAllocRequirements& request, const CallSite& site,
                              GpuBuffer& buffer, GpuDenial& denial) noexcept;
  // The same, but no handler is asked to make room for it: for what is more than is needed.
  [[nodiscard]] bool allocate_unasked(const GpuAllocRequirements& request, const CallSite& site,
                                      GpuBuffer& buffer, GpuDenial& denial) noexcept;
  [[nodiscard]] bool allocate_resource(const DeviceNeeds& needs, OffsetKind kind,
                                       const GpuAllocRequirements& request,
                                       const ResourceOwner& owner, const CallSite& site,
                                       ResourceMemory& memory, GpuDenial& denial) noexcept;
  // Effect: what of a persistent buffer is counted ends, for the program. For retire(). Result: as
  // TagAccounts::release_held(). Requirement: the lock of its shard, which is its lane's, is held.
  [[nodiscard]] TagAccounts::Told count_let_go(const BufferRecord& record) noexcept {
    record.shard->bytes[record.placement.type].retire(record.size);
    return tags.release_held(record.tag, record.size, record.shard->lane);
  }
  // Effect: of each record of the list, destroys the buffer, or the image that the memory's holder
  // owned, and takes the memory back. Frame memory is the ring's. Requirement: the GPU is done with
  // it.
  void give_back(const BufferRecord* first, HeapBytes& freed) noexcept;
  // Effect: what is handed out now counts for the peak.
  void note_usage() noexcept { tags.note_total(); }

  // Effect: the record carries a place to the retire queue, for memory that no handle of the
  // program leads to any more: its placement, handle and size are the caller's to set.
  void make_spare(BufferRecord& spare, const BufferRecord& of) noexcept;
  void retire_spare(BufferRecord& spare) noexcept;
  // Result: a number for one round of evictions or moves.
  [[nodiscard]] std::uint32_t next_round() noexcept {
    return rounds_.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  [[nodiscard]] bool visible(unsigned type) const noexcept { return types_[type].visible; }
  // Result: atom to which sizes and ranges of that type are widened; 1 where it is coherent or not
  // visible.
  [[nodiscard]] std::size_t atom_of(unsigned type) const noexcept { return types_[type].atom; }
  // Effect: flush or invalidate of `size` bytes at `offset` of the buffer, widened to the atom
  // inside of its own memory. Nothing where it is coherent.
  [[nodiscard]] DeviceStatus flush(const BufferRecord& record, std::size_t offset,
                                   std::size_t size) noexcept;
  [[nodiscard]] DeviceStatus invalidate(const BufferRecord& record, std::size_t offset,
                                        std::size_t size) noexcept;

  // --- Telling -----------------------------------------------------------------------------------
  // Effect: one report to the host. Requirement of all: no lock is held.
  void report(Code code, std::string_view message, const ReportFacts& facts) noexcept;
  // Effect: the same. Result: an Error of that code and text.
  [[nodiscard]] Error fail(Code code, std::string_view message, const ReportFacts& facts) noexcept;
  // Effect: reports the denial of a request, once, counts it and tells the event. Result: the Error
  // to return.
  [[nodiscard]] Error deny(const GpuDenial& denial, const GpuAllocRequirements& request,
                           const CallSite& site) noexcept;
  // Result: the Error of a wait that did not end well; a timeout is not reported.
  [[nodiscard]] Error wait_failed(DeviceStatus status, std::string_view what) noexcept;
  void emit(FrameEventKind kind, std::size_t size, std::uint64_t count) noexcept;
  void emit_freed(const HeapBytes& freed) noexcept;

  // --- Handlers ----------------------------------------------------------------------------------
  // Requirement: while no other thread is in a call that may deny.
  void set_pressure_handler(GpuPressureHandler handler, void* context) noexcept {
    pressure_ = handler;
    pressure_context_ = context;
  }
  void set_eviction_handler(GpuEvictionHandler handler, void* context) noexcept {
    eviction_ = handler;
    eviction_context_ = context;
  }
  // Effect: tells the handler where a heap's use has passed 90 % of its budget.
  void tell_thresholds() noexcept;

  // --- Truth -------------------------------------------------------------------------------------
  [[nodiscard]] GpuAllocStats stats() noexcept { return stats(gate.total()); }
  // The same, where the caller has summed up the heaps.
  [[nodiscard]] GpuAllocStats stats(std::size_t total) noexcept;
  [[nodiscard]] GpuHeapBudget heap_budget(unsigned heap) const noexcept;

  // --- Life --------------------------------------------------------------------------------------
  void share() noexcept { handles_.fetch_add(1, std::memory_order_relaxed); }
  // Result: false if the last handle is gone already.
  [[nodiscard]] bool try_share() noexcept;
  // Effect: one handle less; the allocator ends with the last. Requirement: no lock is held.
  void let_go() noexcept;
  // Effect: what owns the core ends it: set by allocator/.
  void (*destroy)(GpuCore& core) noexcept = nullptr;

 private:
  void report_forgotten(std::uint64_t now) noexcept;
  struct Wish;  // a request on its way to a place
  [[nodiscard]] bool allocate_persistent(const GpuAllocRequirements& request, const CallSite& site,
                                         GpuBuffer& buffer, GpuDenial& denial) noexcept;
  [[nodiscard]] bool allocate_transient(const GpuAllocRequirements& request, const CallSite& site,
                                        GpuBuffer& buffer, GpuDenial& denial) noexcept;
  [[nodiscard]] bool find_place(const Wish& wish, Placement& placement, GpuDenial& denial) noexcept;
  [[nodiscard]] bool place_in(unsigned type, const Wish& wish, Placement& placement,
                              GpuDenial& denial) noexcept;
  [[nodiscard]] bool place_alone(unsigned type, const Wish& wish, Placement& placement,
                                 GpuDenial& denial) noexcept;
  [[nodiscard]] bool place_in_new_block(unsigned type, const PlaceRequest& request, float priority,
                                        Placement& placement, GpuDenial& denial) noexcept;
  void fill(BufferRecord& record, const GpuAllocRequirements& request, const Placement& placement,
            TagId tag, const CallSite& site) noexcept;
  void told_alloc(const BufferRecord& record) noexcept;

  // Effect: attempt(), and again after each thing that might make room for it.
  template <class Attempt>
  [[nodiscard]] bool with_relief(std::size_t requested, GpuDenial& denial,
                                 Attempt&& attempt) noexcept;
  [[nodiscard]] bool evict_one(const GpuDenial& denial, std::uint32_t round) noexcept;
  bool tell_pressure(const GpuPressureEvent& event) noexcept;
  // Result: whether there was anything.
  bool give_back_idle(const GpuDenial& denial) noexcept;

  // What a request asks of a memory type, beside each other.
  struct TypeFacts {
    std::size_t atom = 1;
    bool visible = false;
    bool non_coherent = false;
  };
  std::array<TypeFacts, kMaxTypes> types_;
  std::array<TypeOrder, kGpuMemoryIntents> orders_;
  std::size_t largest_request_ = 0;
  GpuPressureHandler pressure_ = nullptr;
  void* pressure_context_ = nullptr;
  GpuEvictionHandler eviction_ = nullptr;
  void* eviction_context_ = nullptr;
  std::uint64_t frame_began_ns_ = 0;  // 0: nobody listened
  std::atomic<std::uint32_t> rounds_{0};
  std::atomic<std::uint64_t> failed_{0};
  alignas(128) std::atomic<std::uint64_t> clock_{0};  // frame << 1 | open
  alignas(128) std::atomic<std::uint32_t> handles_{1};
};

inline void RetireQueue::take_back_own() noexcept {
  RecordShard& shard = core_.records->own_shard();
  if (shard.own.due_size() != 0) [[unlikely]]
    take_back_due(shard);
}

// A share in a core for the length of a call. Objects that a program may hold longer than its
// allocator use a CoreLink, or the backend might be gone when they end.
class CoreRef {
 public:
  CoreRef() = default;
  explicit CoreRef(GpuCore& core) noexcept : core_(&core) { core.share(); }
  // Effect: takes over a share that there is.
  [[nodiscard]] static CoreRef adopt(GpuCore* core) noexcept {
    CoreRef ref;
    ref.core_ = core;
    return ref;
  }
  CoreRef(CoreRef&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
  CoreRef& operator=(CoreRef&& other) noexcept {
    CoreRef moved(std::move(other));
    std::swap(core_, moved.core_);
    return *this;
  }
  ~CoreRef() {
    if (core_ != nullptr) core_->let_go();
  }
  [[nodiscard]] explicit operator bool() const noexcept { return core_ != nullptr; }
  [[nodiscard]] GpuCore* get() const noexcept { return core_; }
  [[nodiscard]] GpuCore* operator->() const noexcept { return core_; }
  [[nodiscard]] GpuCore& operator*() const noexcept { return *core_; }

 private:
  GpuCore* core_ = nullptr;
};

// A way to a core that may have ended: for batches and readbacks.
class CoreLink {
 public:
  CoreLink() = default;
  explicit CoreLink(GpuCore& core) noexcept : pool_(core.records) { pool_->join(); }
  CoreLink(CoreLink&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)) {}
  CoreLink& operator=(CoreLink&& other) noexcept {
    CoreLink moved(std::move(other));
    std::swap(pool_, moved.pool_);
    return *this;
  }
  ~CoreLink() {
    if (pool_ != nullptr) pool_->drop();
  }
  // Result: a share; empty when the allocator has ended.
  [[nodiscard]] CoreRef core() const noexcept {
    return CoreRef::adopt(pool_ == nullptr ? nullptr : pool_->share_core());
  }
  [[nodiscard]] explicit operator bool() const noexcept { return pool_ != nullptr; }

 private:
  RecordPool* pool_ = nullptr;
};

// Result: a share in the allocator of a buffer; empty when it has ended.
[[nodiscard]] CoreRef core_of(const BufferRecord& record) noexcept;

struct CoreAccess {
  [[nodiscard]] static GpuCore* core(const GpuAllocator& allocator) noexcept {
    return allocator.core_;
  }
  // Effect: the handle takes over a share that there is.
  [[nodiscard]] static GpuAllocator handle(GpuCore* core) noexcept { return GpuAllocator(core); }
};

}  // namespace framealloc::gpu::detail
