// SPDX-License-Identifier: MIT OR Apache-2.0
// Assets that come and go within a budget: textures, meshes, sounds that are streamed from disk.
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

/// An asset is reserved (its bytes are its own from then on), loaded by whatever thread reads it
/// from disk, used, and evicted when something more important needs the room:
///
///   StreamId id = streaming.reserve(size, StreamPriority::Normal);
///   void* memory = streaming.begin_load(id);  // the loader: read, report_progress(),
///   finish_load() if (StreamRef texture = streaming.acquire(id)) use(texture.bytes());
///
/// Thread contract: any thread. Records are under a spin lock for short work; memory is taken,
/// evicted and given back, and callbacks run, outside it.
class FRAMEALLOC_API StreamingAllocator {
 public:
  static constexpr std::size_t kDefaultBudget = std::size_t{256} << 20;

  /// `budget` in bytes of assets, as asked for.
  explicit StreamingAllocator(const detail::AllocatorContext& context,
                              std::size_t budget = kDefaultBudget) noexcept;
  /// Frees every asset without a callback. Requirement: no loader is at work, no StreamRef is left.
  ~StreamingAllocator();
  StreamingAllocator(const StreamingAllocator&) = delete;
  StreamingAllocator& operator=(const StreamingAllocator&) = delete;

  /// Effect: takes room for `size` bytes, counted under the calling thread's tag. When the budget
  /// is short, evicts: lowest priority first, then what was accessed longest ago, only what may be
  /// (see StreamingPolicy), never what is pinned or loading, never Critical. The whole set of
  /// victims is decided first; if all of them together would not suffice, or memory for the asset
  /// is denied, nothing is evicted. Requirement: `alignment` a power of two. Result: the asset's
  /// id; empty when it is denied, which is reported: FA402 by this budget, FA310, FA311 by others,
  /// FA012 by the source, FA011 for an impossible size or alignment.
  [[nodiscard]] StreamId reserve(std::size_t size, StreamPriority priority = StreamPriority::Normal,
                                 std::size_t alignment = kGranule,
                                 CallSite site = CallSite::current()) noexcept;
  /// As reserve(), counted under the tag of that path ("game::textures").
  [[nodiscard]] StreamId reserve_tagged(std::size_t size, StreamPriority priority,
                                        std::string_view tag, std::size_t alignment = kGranule,
                                        CallSite site = CallSite::current()) noexcept;

  // --- For the loader of an asset ----------------------------------------------------------------
  /// Effect: the asset is Loading, from Reserved, Failed or (again) Loading. Result: its memory,
  /// which stays until the loader says finish_load() or fail_load(), whoever frees or cancels
  /// meanwhile; null when there is no such asset (FA401) or it is in another state.
  [[nodiscard]] void* begin_load(StreamId id) noexcept;
  /// Effect: `bytes_so_far` of the asset are there (held to its size). Result: false when the
  /// loader should stop, since the load was canceled or the asset freed; then say fail_load().
  bool report_progress(StreamId id, std::size_t bytes_so_far) noexcept;
  /// Effect: the asset is Ready. Result: false when it was not Loading, or was canceled or freed
  /// meanwhile, which takes effect now.
  bool finish_load(StreamId id) noexcept;
  /// Effect: the load has stopped: the asset is Failed, or Reserved after cancel_load(), or gone
  /// after free(). Result: false when it was not Loading.
  bool fail_load(StreamId id) noexcept;

  // --- For its users -----------------------------------------------------------------------------
  /// Effect: asks the loader to stop; see report_progress(). Result: false when it is not Loading.
  bool cancel_load(StreamId id) noexcept;
  /// Result: the asset, held until the guard ends; empty unless it is Ready. Counts as an access.
  [[nodiscard]] StreamRef acquire(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the asset's memory, null unless it is Ready. Valid until any thread next calls
  /// reserve(), set_budget(), evict() or free(), and not beyond the end of the frame. Counts as an
  /// access.
  [[nodiscard]] const void* access(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] void* access_mut(StreamId id) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: the id names nothing any more. The memory goes now, or, while it is pinned or loading,
  /// with the last StreamRef or when the loader stops. Result: false when there is no such asset.
  bool free(StreamId id) noexcept;
  /// Effect: evicts the asset, callback included. Result: false when it may not be evicted now.
  bool evict(StreamId id) noexcept;
  /// Result: false when there is no such asset.
  bool set_priority(StreamId id, StreamPriority priority) noexcept;

  /// Effect: one frame older, beyond those of the allocator that this one belongs to, which count
  /// by themselves: for a loop without frames.
  void on_frame_end() noexcept { frame_.fetch_add(1, std::memory_order_relaxed); }
  void next_frame() noexcept { on_frame_end(); }

  /// Effect: sets the budget, and evicts (all but Critical ones) until it holds.
  /// Result: false when what is pinned, loading, reserved or Critical is more than the budget; then
  /// nothing can be reserved until enough of it goes.
  bool set_budget(std::size_t budget) noexcept;
  void set_policy(const StreamingPolicy& policy) noexcept;
  /// Effect: replaces the handler; null = none. Another thread may still be calling the old one.
  void set_eviction_callback(StreamEvictionHandler handler, void* context = nullptr) noexcept;

  [[nodiscard]] std::size_t budget() const noexcept;
  [[nodiscard]] std::size_t total_reserved() const noexcept;
  [[nodiscard]] std::size_t total_loaded() const noexcept;
  /// Result: bytes that can be reserved without an eviction.
  [[nodiscard]] std::size_t available() const noexcept;
  [[nodiscard]] std::optional<StreamState> state(StreamId id) const noexcept;
  [[nodiscard]] std::optional<StreamInfo> info(StreamId id) const noexcept;
  [[nodiscard]] StreamingStats stats() const noexcept;  ///< looks at every asset

  /// For the layers above, which sum over all ledgers.
  [[nodiscard]] detail::SharedLedger& ledger() noexcept { return ledger_; }

 private:
  friend class StreamRef;
  using Asset = detail::StreamAsset;
  using AssetList = detail::StreamAssetList;

  // What a reserve() has been granted, and not made use of yet.
  struct Claim {
    std::size_t size = 0;
    std::size_t extra = 0;  // of it, what the victims do not cover
    std::size_t victim_bytes = 0;
    AssetList victims;  // least important first
  };
  using ShortageText = Text<768>;  // what a report says of a claim that was denied
  // What the new asset takes over from a victim, so that no limit denies what eviction makes room
  // for: memory, and the part of a tag's charge.
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
  // Effect: tells of each victim, then lets it go. With an inheritance the victims' share of the
  // budget is left to the caller to settle.
  void evict_all(AssetList& victims, Inheritance* inheritance) noexcept;
  void emit_eviction(const Asset& victim) noexcept;
  // What is told of an asset; taken under the lock, told without it.
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

  // Result: the frame that accesses are stamped with.
  [[nodiscard]] std::uint64_t now() const noexcept {
    return frame_.load(std::memory_order_relaxed) +
           ledger_.context().frame_number.load(std::memory_order_relaxed);
  }

  // Effect: makes a record with a slot of its own. Without the lock. Result: null when bookkeeping
  // memory is short.
  [[nodiscard]] Asset* make_record() noexcept;
  void discard(Asset* asset) noexcept;  // one that nothing was made of

  // Records, under the lock.
  [[nodiscard]] Asset* find(StreamId id) const noexcept;         // freed ones too
  [[nodiscard]] Asset* find_usable(StreamId id) const noexcept;  // others
  // Effect: counts as an access. Result: the slot of an asset that may be accessed, else kNone.
  [[nodiscard]] std::uint32_t touch(StreamId id) noexcept;
  void insert(Asset* asset) noexcept;
  void erase(Asset* asset) noexcept;
  // Effect: sets the state, and with it whether the asset can be accessed.
  void set_state(Asset* asset, StreamState state) noexcept;
  void enlist(Asset* asset) noexcept;
  void delist(Asset* asset) noexcept;
  [[nodiscard]] bool is_listed(const Asset& asset) const noexcept {
    return slots_.is_listed(asset.slot);
  }
  void set_loaded(Asset* asset, std::size_t bytes) noexcept;
  // Effect: the load of the asset is over, by failure or cancellation. Result: true when it was
  // freed meanwhile and is to be destroyed, which the caller does without the lock.
  [[nodiscard]] bool end_load(Asset* asset) noexcept;

  // Without the lock: gives back what a record that is in no list any more stands for.
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
