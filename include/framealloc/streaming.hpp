// SPDX-License-Identifier: MIT OR Apache-2.0
// Assets that come and go within a budget: textures, meshes and sounds streamed from disk.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_space.hpp>
#include <framealloc/detail/heap/streaming_asset.hpp>
#include <framealloc/detail/heap/streaming_slots.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/streaming_ref.hpp>
#include <framealloc/streaming_types.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace framealloc {

/// An asset is reserved (its bytes belong to it from then on), loaded by any thread that reads it
/// from disk, used, and evicted when something more important needs the space:
///
///   StreamId id = streaming.reserve(size, StreamPriority::Normal);
///   void* memory = streaming.begin_load(id);  // then read, report_progress(), finish_load()
///   if (StreamRef texture = streaming.acquire(id)) use(texture.bytes());
///
/// Thread contract: any thread. A spin lock guards the records briefly; memory is acquired, evicted
/// and returned, and callbacks run, outside it.
class FRAMEALLOC_API StreamingAllocator {
 public:
  static constexpr std::size_t kDefaultBudget = std::size_t{256} << 20;

  /// `budget` in bytes of assets, as requested.
  explicit StreamingAllocator(const detail::AllocatorContext& context,
                              std::size_t budget = kDefaultBudget) noexcept;
  /// Frees every asset without callbacks. Requirement: no loader is active, no StreamRef is left.
  ~StreamingAllocator();
  StreamingAllocator(const StreamingAllocator&) = delete;
  StreamingAllocator& operator=(const StreamingAllocator&) = delete;

  /// Effect: reserves `size` bytes, counted under the calling thread's tag. If the budget is short,
  /// evicts: lowest priority first, then least recently accessed, only what StreamingPolicy allows,
  /// and never pinned, loading or Critical assets. All victims are chosen first; if together they
  /// would not suffice, or memory for the asset is denied, nothing is evicted. Requirement:
  /// `alignment` is a power of two. Result: the asset's id; empty when denied, which is reported:
  /// FA402 by this budget, FA310 or FA311 by others, FA012 by the source, FA011 for an impossible
  /// size or alignment.
  [[nodiscard]] StreamId reserve(std::size_t size, StreamPriority priority = StreamPriority::Normal,
                                 std::size_t alignment = kGranule,
                                 CallSite site = CallSite::current()) noexcept;
  /// As reserve(), counted under the tag of that path ("game::textures").
  [[nodiscard]] StreamId reserve_tagged(std::size_t size, StreamPriority priority,
                                        std::string_view tag, std::size_t alignment = kGranule,
                                        CallSite site = CallSite::current()) noexcept;

  // --- For the loader of an asset ----------------------------------------------------------------
  /// Effect: sets a Reserved, Failed or Loading asset to Loading. Result: its memory, which stays
  /// until the loader calls finish_load() or fail_load(), even if the asset is freed or the load
  /// canceled in between; null if there is no such asset (FA401) or it is in another state.
  [[nodiscard]] void* begin_load(StreamId id) noexcept;
  /// Effect: records that `bytes_so_far` have arrived (clamped to the size). Result: false if the
  /// loader should stop because the load was canceled or the asset freed; then call fail_load().
  bool report_progress(StreamId id, std::size_t bytes_so_far) noexcept;
  /// Effect: makes the asset Ready. Result: false if it was not Loading, or had been canceled or
  /// freed, which takes effect now.
  bool finish_load(StreamId id) noexcept;
  /// Effect: stops the load: the asset becomes Failed, or Reserved after cancel_load(), or is gone
  /// after free(). Result: false if it was not Loading.
  bool fail_load(StreamId id) noexcept;

  // --- For its users -----------------------------------------------------------------------------
  /// Effect: asks the loader to stop; see report_progress(). Result: false if it is not Loading.
  bool cancel_load(StreamId id) noexcept;
  /// Result: the asset, held until the guard ends; empty unless it is Ready. Counts as an access.
  [[nodiscard]] StreamRef acquire(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the asset's memory, null unless it is Ready. Valid until any thread next calls
  /// reserve(), set_budget(), evict() or free(), and not beyond the end of the frame. Counts as an
  /// access.
  [[nodiscard]] const void* access(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] void* access_mut(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: invalidates the id. The memory is freed now or, while pinned or loading, with the last
  /// StreamRef or when the loader stops. Result: false if there is no such asset.
  bool free(StreamId id) noexcept;
  /// Effect: evicts the asset, with its callback. Result: false if it cannot be evicted now.
  bool evict(StreamId id) noexcept;
  /// Result: false when there is no such asset.
  bool set_priority(StreamId id, StreamPriority priority) noexcept;

  /// Effect: ages all assets by one frame, for loops without frames; the frames of the owning
  /// allocator are counted automatically.
  void on_frame_end() noexcept { frame_.fetch_add(1, std::memory_order_relaxed); }
  void next_frame() noexcept { on_frame_end(); }

  /// Effect: sets the budget and evicts (all but Critical assets) until it holds. Result: false if
  /// pinned, loading, reserved and Critical assets exceed it; then nothing can be reserved until
  /// enough of them are gone.
  bool set_budget(std::size_t budget) noexcept;
  void set_policy(const StreamingPolicy& policy) noexcept;
  /// Effect: replaces the handler; null = none. Another thread may still be running the old one.
  void set_eviction_callback(StreamEvictionHandler handler, void* context = nullptr) noexcept;

  [[nodiscard]] std::size_t budget() const noexcept;
  [[nodiscard]] std::size_t total_reserved() const noexcept;
  [[nodiscard]] std::size_t total_loaded() const noexcept;
  /// Result: bytes that can be reserved without evicting.
  [[nodiscard]] std::size_t available() const noexcept;
  [[nodiscard]] std::optional<StreamState> state(StreamId id) const noexcept;
  [[nodiscard]] std::optional<StreamInfo> info(StreamId id) const noexcept;
  [[nodiscard]] StreamingStats stats() const noexcept;  ///< visits every asset

  /// For the layers above, which sum over all ledgers.
  [[nodiscard]] detail::SharedLedger& ledger() noexcept { return ledger_; }

 private:
  friend class StreamRef;
  using Asset = detail::StreamAsset;
  using AssetList = detail::StreamAssetList;

  // What reserve() has been granted but has not used yet.
  struct Claim {
    std::size_t size = 0;
    std::size_t extra = 0;  // the part that the victims do not cover
    std::size_t victim_bytes = 0;
    AssetList victims;  // least important first
  };
  using ShortageText = Text<768>;  // what a report says about a denied claim
  // What a new asset takes over from a victim, so no limit denies what eviction makes room for: the
  // memory, and part of a tag's charge.
  struct Inheritance {
    Asset* donor = nullptr;  // whose memory it is
    TagId tag = TagId::Untagged;
    std::size_t charge = 0;
  };

  [[nodiscard]] StreamId reserve_under(std::size_t size, StreamPriority priority, TagId tag,
                                       std::size_t alignment, const CallSite& site) noexcept;
  [[nodiscard]] bool take_memory(Asset& asset, Claim& claim, Inheritance& inheritance,
                                 const CallSite& site) noexcept;
  void unpin(Asset& asset) noexcept;

  // Eviction: streaming_eviction.cpp. The first five under the lock.
  [[nodiscard]] bool claim(std::size_t size, StreamPriority priority, Claim& claim) noexcept;
  // Result: bytes of the victims, less than `needed` when there are no more.
  [[nodiscard]] std::size_t choose(std::size_t needed, std::size_t below, std::uint64_t idle_frames,
                                   AssetList& victims) noexcept;
  void spare(AssetList& victims) noexcept;
  void spare(Asset* victim) noexcept;
  // Result: why a claim of that size is denied; the words are appended to `*text`.
  [[nodiscard]] detail::Denial shortage(std::size_t size, StreamPriority priority, TagId tag,
                                        ShortageText* text) const noexcept;
  [[nodiscard]] std::size_t priorities_below(StreamPriority priority) const noexcept;
  [[nodiscard]] bool is_idle(const Asset& asset, std::uint64_t frames) const noexcept;
  void withdraw(Claim& claim) noexcept;
  // Effect: reports and then releases each victim. With an inheritance, the caller settles the
  // victims' share of the budget.
  void evict_all(AssetList& victims, Inheritance* inheritance) noexcept;
  void emit_eviction(const Asset& victim) noexcept;
  // What is emitted about an asset: read under the lock, emitted without it.
  struct Told {
    StreamId id;
    std::size_t size = 0;
    StreamPriority priority = StreamPriority::Normal;
    TagId tag = TagId::Untagged;
  };
  [[nodiscard]] static Told told_of(const Asset& asset) noexcept {
    return {asset.id, asset.size, asset.priority, asset.tag};
  }
  void emit(FrameEventKind kind, const Told& asset) const noexcept {
    if (ledger_.wants(kind)) [[unlikely]]
      emit_now(kind, asset);
  }
  FRAMEALLOC_COLD void emit_now(FrameEventKind kind, const Told& asset) const noexcept;
  FRAMEALLOC_COLD void report_shortage(const detail::Denial& why, ShortageText& text,
                                       std::size_t size, TagId tag,
                                       const CallSite& site) const noexcept;

  // Result: the frame with which accesses are stamped.
  [[nodiscard]] std::uint64_t now() const noexcept {
    return frame_.load(std::memory_order_relaxed) +
           ledger_.context().frame_number.load(std::memory_order_relaxed);
  }

  // Effect: makes a record with its own slot. Without the lock. Result: null when bookkeeping
  // memory is short.
  [[nodiscard]] Asset* make_record() noexcept;
  void discard(Asset* asset) noexcept;  // one that was never used

  // Records, under the lock.
  [[nodiscard]] Asset* find(StreamId id) const noexcept;         // freed ones too
  [[nodiscard]] Asset* find_usable(StreamId id) const noexcept;  // others
  // Effect: counts as an access. Result: the slot of an asset that may be accessed, else kNone.
  [[nodiscard]] std::uint32_t touch(StreamId id) noexcept;
  void insert(Asset* asset) noexcept;
  void erase(Asset* asset) noexcept;
  // Effect: sets the state, and thereby whether the asset can be accessed.
  void set_state(Asset* asset, StreamState state) noexcept;
  void enlist(Asset* asset) noexcept;
  void delist(Asset* asset) noexcept;
  [[nodiscard]] bool is_listed(const Asset& asset) const noexcept {
    return slots_.is_listed(asset.slot);
  }
  void set_loaded(Asset* asset, std::size_t bytes) noexcept;
  // Effect: ends the load of the asset, by failure or cancellation. Result: true if it had been
  // freed and must be destroyed, which the caller does without the lock.
  [[nodiscard]] bool end_load(Asset* asset) noexcept;

  // Without the lock: returns everything that a record no longer in any list stands for.
  void destroy(Asset* asset, std::size_t inherited_charge = 0, bool keep_memory = false) noexcept;
  template <class Visit>
  void for_each_asset(Visit&& visit) const noexcept {
    const std::uint32_t count = slots_.size();
    for (std::uint32_t index = 0; index < count; ++index) {
      if (const Asset* const asset = slots_.asset(index)) visit(*asset);
    }
  }

  static constexpr std::size_t kEvictable = kStreamPriorities - 1;  // Critical is never evicted

  detail::SharedLedger ledger_;
  detail::HandleSpace space_;
  std::atomic<std::uint64_t> frame_{0};
  mutable detail::SpinLock lock_;
  std::size_t budget_;
  std::size_t reserved_ = 0;  // of assets and claims; victims count until they are gone
  std::size_t loaded_ = 0;
  std::size_t peak_reserved_ = 0;
  std::uint64_t assets_ = 0;
  std::uint64_t evictions_ = 0;
  std::size_t evicted_bytes_ = 0;
  std::uint64_t denied_ = 0;
  StreamingPolicy policy_;
  StreamEvictionHandler handler_ = nullptr;
  void* handler_context_ = nullptr;
  mutable detail::StreamSlots slots_;
};

}  // namespace framealloc
