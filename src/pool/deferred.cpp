// SPDX-License-Identifier: MIT OR Apache-2.0
// Frees that wait for the thread whose pages they concern: when they are taken back, what happens
// when too many wait.
#include <framealloc/deferred.hpp>

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/pool/deferred_queue.hpp>
#include <framealloc/detail/pool/pool_thread.hpp>

#include <algorithm>

namespace framealloc::detail {
namespace {

// Blocks taken back at a time when a list has run dry: several times what a list gets from a page.
constexpr std::size_t kDryBlocks = 256;

}  // namespace

void DeferredControl::set(const DeferredConfig& config) noexcept {
  mode.store(config.mode, kRelaxed);
  full_policy.store(config.full_policy, kRelaxed);
  per_alloc.store(std::max<std::size_t>(config.per_alloc, 1), kRelaxed);
  capacity.store(config.capacity, kRelaxed);
  warning_threshold.store(config.warning_threshold, kRelaxed);
  block_timeout_ns.store(config.block_timeout_ns, kRelaxed);
  watched.store(config.capacity != 0 || config.warning_threshold != 0, kRelaxed);
}

DeferredConfig DeferredControl::get() const noexcept {
  DeferredConfig config;
  config.mode = mode.load(kRelaxed);
  config.full_policy = full_policy.load(kRelaxed);
  config.per_alloc = per_alloc.load(kRelaxed);
  config.capacity = capacity.load(kRelaxed);
  config.warning_threshold = warning_threshold.load(kRelaxed);
  config.block_timeout_ns = block_timeout_ns.load(kRelaxed);
  return config;
}

void DeferredQueue::add_to(DeferredStats& stats) const noexcept {
  const std::uint64_t done = processed.get();
  const std::uint64_t done_bytes = processed_bytes.get();
  const std::uint64_t queued = queued_.load(kRelaxed);
  const std::uint64_t bytes = queued_bytes_.load(kRelaxed);
  stats.total_queued += queued;
  stats.total_processed += done;
  stats.current_depth += queued > done ? queued - done : 0;
  stats.queued_bytes += bytes > done_bytes ? bytes - done_bytes : 0;
  stats.peak_depth = std::max(stats.peak_depth, peak_.load(kRelaxed));
  stats.full_count += full_count.load(kRelaxed);
  stats.warning_count += warnings.load(kRelaxed);
  stats.immediate_process_count += immediate.get();
  stats.block_timeouts += block_timeouts.load(kRelaxed);
}

// Before a batch is sent, while a bound or a threshold is set.
void PoolShared::make_room(PoolThread& owner, std::size_t blocks) noexcept {
  DeferredQueue& queue = owner.deferred_;
  const std::size_t threshold = deferred_.warning_threshold.load(kRelaxed);
  const std::size_t capacity = deferred_.capacity.load(kRelaxed);
  const std::uint64_t depth = queue.depth();
  if (threshold != 0 && depth + blocks < threshold) queue.warned.store(false, kRelaxed);
  if (threshold != 0 && depth + blocks >= threshold && !queue.warned.exchange(true, kRelaxed)) {
    queue.warnings.fetch_add(1, kRelaxed);
    report_queue(owner, "many deferred frees wait for thread ", depth + blocks, threshold);
  }
  const auto has_room = [&] { return queue.depth() + blocks <= capacity; };
  if (capacity == 0 || has_room()) return;
  queue.full_count.fetch_add(1, kRelaxed);
  switch (deferred_.full_policy.load(kRelaxed)) {
    case QueueFullPolicy::Grow:
      return;
    case QueueFullPolicy::ProcessImmediately:
      queue.urgent.store(true, std::memory_order_release);
      return;
    case QueueFullPolicy::Fail:
      return report_queue(owner, "the queue of deferred frees is full for thread ", depth + blocks,
                          capacity);
    case QueueFullPolicy::Block:
      break;
  }
  queue.urgent.store(true, std::memory_order_release);
  const auto done = [&] { return has_room() || owner.inbox_.closed_now(); };
  if (queue.room.await(done, deferred_.block_timeout_ns.load(kRelaxed))) return;
  queue.block_timeouts.fetch_add(1, kRelaxed);
  report_queue(owner, "the queue of deferred frees stayed full for thread ", queue.depth() + blocks,
               capacity);
}

void PoolShared::report_queue(const PoolThread& owner, std::string_view what, std::uint64_t depth,
                              std::size_t limit) noexcept {
  Text<192> text(what);
  text.append(owner.id_number_.load(kRelaxed)).append(": ").append(depth);
  text.append(" blocks wait, the limit is ").append(limit);
  report(Code::FA204, text, TagId::Untagged, static_cast<std::size_t>(depth), limit, CallSite{});
}

DeferredStats PoolShared::deferred_stats() const noexcept {
  DeferredStats stats;
  const PoolThread* thread = threads_.load(std::memory_order_acquire);
  for (; thread != nullptr; thread = thread->next_) thread->deferred_.add_to(stats);
  return stats;
}

std::size_t PoolThread::take_urgent() noexcept {
  answer_recall();
  if (!deferred_.urgent.load(kRelaxed)) return 0;
  // Acquire: what was queued before the wish is taken now, what comes later brings another.
  (void)deferred_.urgent.exchange(false, std::memory_order_acquire);
  const std::size_t taken = drain(kEverything);
  deferred_.immediate.add(taken);
  return taken;
}

void PoolThread::at_boundary(Boundary boundary) noexcept {
  flush();
  (void)take_urgent();
  const DeferredControl& control = shared_.deferred_;
  switch (control.mode.load(kRelaxed)) {
    case DeferredProcessing::AtFrameBegin:
      if (boundary != Boundary::End) drain(kBoundaryBlocks);
      break;
    case DeferredProcessing::AtFrameEnd:
      if (boundary != Boundary::Begin) drain(kBoundaryBlocks);
      break;
    case DeferredProcessing::Incremental:
      drain(control.per_alloc.load(kRelaxed));
      break;
    case DeferredProcessing::Explicit:
      break;
  }
}

bool PoolThread::take_back_for(const ClassList& list) noexcept {
  if (take_urgent() != 0 && list.free != nullptr) return true;
  const DeferredControl& control = shared_.deferred_;
  switch (control.mode.load(kRelaxed)) {
    case DeferredProcessing::AtFrameBegin:
    case DeferredProcessing::AtFrameEnd:
      return take_back_until(list, kDryBlocks);
    case DeferredProcessing::Incremental:
      return take_back_until(list, control.per_alloc.load(kRelaxed));
    case DeferredProcessing::Explicit:
      break;
  }
  return false;
}

// A flood that waits is not paid for by one allocation: what a boundary would not take is left for
// the next list that runs dry.
bool PoolThread::take_back_until(const ClassList& list, std::size_t portion) noexcept {
  std::size_t left = kBoundaryBlocks;
  while (list.free == nullptr && left != 0) {
    const std::size_t taken = drain(std::min(portion, left));
    if (taken == 0) break;
    left -= taken;
  }
  return list.free != nullptr;
}

}  // namespace framealloc::detail
