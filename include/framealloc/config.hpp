// SPDX-License-Identifier: MIT OR Apache-2.0
// How an allocator is set up.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/decommit.hpp>
#include <framealloc/frame_overflow.hpp>
#include <framealloc/fwd.hpp>
#include <framealloc/literals.hpp>
#include <framealloc/report_policy.hpp>
#include <framealloc/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc {

enum class GuardMode : std::uint8_t { Off, Poison, Pages };

/// An aggregate: `AllocConfig{.frame_arena_size = 4_MiB}`. An allocator copies everything when it
/// is made; only `upstream` must outlive it.
struct FRAMEALLOC_API AllocConfig {
  /// Bytes per frame committed up front for each thread that begins frames; arenas grow beyond it.
  std::size_t frame_arena_size = std::size_t{16} << 20;
  /// Unit in which memory is taken from the source and shared between threads; a power of two.
  std::size_t frame_chunk_size = std::size_t{2} << 20;
  /// Number of frames whose memory is valid at the same time, 1 to 4.
  unsigned frames_in_flight = 1;
  /// What happens when an arena has used up its size.
  FrameOverflow frame_overflow = FrameOverflow::Grow;
  /// Block sizes of the pools; empty = the built-in ones. Each is rounded up to 16.
  std::span<const std::size_t> slab_size_classes = {};
  /// Bytes of a page of the pools.
  std::size_t slab_page_size = std::size_t{64} << 10;
  /// Pages kept ready per size class and thread before empty ones are returned.
  std::size_t slab_pages_per_class = 4;
  /// Budgets per tag and in total, see SmartAlloc::budgets().
  bool enable_budgets = false;
  /// Limit on bytes reserved from the source, bookkeeping included; 0 = none. Requests beyond it
  /// are denied.
  std::size_t global_memory_limit = 0;
  /// Bytes of streamed assets; 0 = a quarter of the limit, or 256 MiB without one.
  std::size_t streaming_budget = 0;
  /// How stale accesses are caught, see docs/guard-modes.md. The environment variable
  /// FRAMEALLOC_GUARD (off, poison or pages), read when an allocator is made, overrides this field.
  GuardMode guard = GuardMode::Off;
  /// Pages: number of frames for which memory stays inaccessible after its frame, 1 to 1024.
  unsigned guard_frames = 8;
  /// Bytes of freed pool and heap blocks held back before reuse.
  std::size_t guard_quarantine = std::size_t{4} << 20;
  /// Whether blocks are filled with 0xAB when they are handed out.
  bool guard_fill = true;
  /// Pages: calls on_report for a stale access, inside the signal handler, before the access ends
  /// the program. Only for handlers that take no lock the program might be holding.
  bool guard_report_faults = false;
  /// Where all memory comes from; nullptr = the system. Must outlive the allocator.
  MemorySource* upstream = nullptr;
  /// For the system source: ask for huge pages.
  bool huge_pages = false;
  /// For the system source: back memory when it is taken rather than when touched.
  bool prefault = false;
  /// For the system source: prefer memory of this node; -1 = any.
  int numa_node = -1;
  /// What happens to idle memory.
  DecommitPolicy decommit = DecommitPolicy::ExcessOverHighWater;
  /// How many microseconds of a frame's end returning idle memory may take; 0 = no limit. At least
  /// one chunk is returned each time.
  std::uint32_t decommit_time_budget_us = 0;
  /// Percent of global_memory_limit at which memory pressure is raised; 0 = never.
  unsigned pressure_threshold = 90;
  /// Gives each pool page to one tag, so a free gets the tag without a lookup.
  bool tag_pools = true;
  /// Verifies every pool and heap call (double free, foreign pointer) at any check level.
  bool checked = kCheckLevel >= 1;
  /// Receives diagnostics; nullptr = stderr.
  ReportHandler on_report = nullptr;
  /// Given to on_report as it is.
  void* report_context = nullptr;
  /// Which reports end the program.
  StrictMode strict = StrictMode::FromEnvironment;

  /// Small: for tools, tests and embedded use.
  [[nodiscard]] static AllocConfig minimal() noexcept;
  /// For large frames and many objects; memory is backed up front.
  [[nodiscard]] static AllocConfig high_performance() noexcept;

  /// Each setter changes one field and returns the object, so calls chain.
  AllocConfig& with_frame_arena_size(std::size_t n) noexcept {
    frame_arena_size = n;
    return *this;
  }
  AllocConfig& with_frame_chunk_size(std::size_t n) noexcept {
    frame_chunk_size = n;
    return *this;
  }
  AllocConfig& with_frames_in_flight(unsigned n) noexcept {
    frames_in_flight = n;
    return *this;
  }
  AllocConfig& with_frame_overflow(FrameOverflow p) noexcept {
    frame_overflow = p;
    return *this;
  }
  AllocConfig& with_slab_size_classes(std::span<const std::size_t> sizes) noexcept {
    slab_size_classes = sizes;
    return *this;
  }
  AllocConfig& with_slab_page_size(std::size_t n) noexcept {
    slab_page_size = n;
    return *this;
  }
  AllocConfig& with_slab_pages_per_class(std::size_t n) noexcept {
    slab_pages_per_class = n;
    return *this;
  }
  AllocConfig& with_budgets(bool on = true) noexcept {
    enable_budgets = on;
    return *this;
  }
  AllocConfig& with_memory_limit(std::size_t n) noexcept {
    global_memory_limit = n;
    return *this;
  }
  AllocConfig& with_streaming_budget(std::size_t n) noexcept {
    streaming_budget = n;
    return *this;
  }
  AllocConfig& with_guard(GuardMode mode) noexcept {
    guard = mode;
    return *this;
  }
  AllocConfig& with_guard_quarantine(std::size_t n) noexcept {
    guard_quarantine = n;
    return *this;
  }
  AllocConfig& with_guard_frames(unsigned n) noexcept {
    guard_frames = n;
    return *this;
  }
  AllocConfig& with_upstream(MemorySource* source) noexcept {
    upstream = source;
    return *this;
  }
  AllocConfig& with_huge_pages(bool on = true) noexcept {
    huge_pages = on;
    return *this;
  }
  AllocConfig& with_prefault(bool on = true) noexcept {
    prefault = on;
    return *this;
  }
  AllocConfig& with_numa_node(int node) noexcept {
    numa_node = node;
    return *this;
  }
  AllocConfig& with_decommit(DecommitPolicy policy, std::uint32_t time_budget_us = 0) noexcept {
    decommit = policy;
    decommit_time_budget_us = time_budget_us;
    return *this;
  }
  AllocConfig& with_pressure_threshold(unsigned percent) noexcept {
    pressure_threshold = percent;
    return *this;
  }
  AllocConfig& with_report_handler(ReportHandler handler, void* context = nullptr) noexcept {
    on_report = handler;
    report_context = context;
    return *this;
  }
  AllocConfig& with_strict(StrictMode mode) noexcept;

  /// Result: success, or FA010 naming the first invalid field, its value and the valid ones.
  [[nodiscard]] Result<void> validate() const noexcept;
};

}  // namespace framealloc
