// SPDX-License-Identifier: MIT OR Apache-2.0
// When a thread takes back blocks of its pages that other threads freed, and how many may wait for
// that.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {

/// When a thread takes back blocks that others freed for it, at most 4096 at a frame boundary. A
/// worker's boundary is its first frame allocation in a new frame. Except with Explicit, a thread
/// with an empty free list takes blocks back before it takes new memory, until the list has a block
/// again, and at most as many as at a boundary.
enum class DeferredProcessing : std::uint8_t {
  AtFrameBegin,
  AtFrameEnd,
  Incremental,  ///< a few at a time: at each boundary, and until an empty list has a block
  Explicit,     ///< only in process_deferred_frees(), and when memory is denied otherwise
};

/// What a thread does when it frees a block while `capacity` blocks already wait for the owner.
/// Refusing a free would lose the block, so no policy refuses.
enum class QueueFullPolicy : std::uint8_t {
  Grow,                ///< queues it anyway
  ProcessImmediately,  ///< the same, and the owner takes all back at its next opportunity
  Block,               ///< waits until the owner has made room, for at most block_timeout_ns
  Fail,                ///< queues it and reports FA204, once for each batch
};

struct DeferredConfig {
  DeferredProcessing mode = DeferredProcessing::AtFrameBegin;
  std::size_t per_alloc = 32;  ///< blocks taken back at a time, for Incremental
  std::size_t capacity = 0;    ///< most blocks that may wait for one thread; 0 = no bound
  QueueFullPolicy full_policy = QueueFullPolicy::Grow;
  std::size_t warning_threshold =
      0;  // blocks from which FA204 is reported, once per rise; 0 = none
  /// For Block. Bounded, because the owner may itself be waiting for the freeing thread. When the
  /// time is up, the block is queued and FA204 reported.
  std::uint64_t block_timeout_ns = 10'000'000;

  [[nodiscard]] static DeferredConfig bounded(std::size_t blocks) noexcept {
    DeferredConfig config;
    config.capacity = blocks;
    config.full_policy = QueueFullPolicy::ProcessImmediately;
    config.warning_threshold = blocks / 5 * 4 + blocks % 5 * 4 / 5;
    return config;
  }
  [[nodiscard]] static DeferredConfig incremental(std::size_t per_alloc) noexcept {
    DeferredConfig config;
    config.mode = DeferredProcessing::Incremental;
    config.per_alloc = per_alloc;
    return config;
  }
  [[nodiscard]] static DeferredConfig explicit_only() noexcept {
    DeferredConfig config;
    config.mode = DeferredProcessing::Explicit;
    return config;
  }
  DeferredConfig& with_mode(DeferredProcessing m) noexcept {
    mode = m;
    return *this;
  }
  DeferredConfig& with_capacity(std::size_t blocks) noexcept {
    capacity = blocks;
    return *this;
  }
  DeferredConfig& with_full_policy(QueueFullPolicy p) noexcept {
    full_policy = p;
    return *this;
  }
  DeferredConfig& with_warning_threshold(std::size_t n) noexcept {
    warning_threshold = n;
    return *this;
  }
};

/// Of one allocator, over all threads. A block counts once it has been sent to its owner, which
/// happens in batches of at most 64, at frame boundaries of the freeing thread, and in its
/// process_deferred_frees(). A block whose page changes its owner on the way is queued again.
struct DeferredStats {
  std::uint64_t total_queued = 0;
  std::uint64_t total_processed = 0;
  std::uint64_t current_depth = 0;            ///< blocks waiting now
  std::uint64_t peak_depth = 0;               ///< most that ever waited for one thread
  std::uint64_t queued_bytes = 0;             ///< of the blocks waiting now
  std::uint64_t full_count = 0;               ///< batches that found the queue full
  std::uint64_t warning_count = 0;            ///< times a queue rose to the warning threshold
  std::uint64_t immediate_process_count = 0;  ///< blocks taken back because a queue was full
  std::uint64_t block_timeouts = 0;           ///< waits of Block that ended without room
};

}  // namespace framealloc
