// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/thread_services.hpp>

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/frame_barrier.hpp>

#include <mutex>
#include <utility>

namespace framealloc::detail {

void ThreadServices::set_barrier(Instance& instance, FrameBarrier* barrier) noexcept {
  if (barrier_ != nullptr) barrier_->reports_to_.store(nullptr, std::memory_order_relaxed);
  if (barrier != nullptr) {
    // A barrier belongs to one allocator at a time.
    Instance* const former = barrier->reports_to_.exchange(&instance, std::memory_order_relaxed);
    if (former != nullptr && former != &instance) former->services().barrier_ = nullptr;
  }
  barrier_ = barrier;
  instance.hook_boundaries(barrier != nullptr);
  if (barrier == nullptr) return;
  instance.watch_boundaries();
  note_phase();
}

void ThreadServices::note_phase() noexcept {
  phases_before_ = barrier_->over_.load(std::memory_order_acquire);
}

void ThreadServices::check_phase(Instance& instance) noexcept {
  const std::uint32_t over = barrier_->over_.load(std::memory_order_acquire);
  if (over != phases_before_) {
    // The end of the frame has noticed the phase, whether or not a thread waited for it.
    barrier_->open_after((over - 1) & FrameBarrier::kPhaseMask);
    return;
  }
  if (barrier_->thread_count() == 0) return;
  Text<192> text("end_frame() before the frame's barrier is complete; missing: ");
  barrier_->describe_missing(text);
  instance.report(Code::FA205, text);
}

void ThreadServices::set_budget_handler(ThreadBudgetHandler handler, void* context) noexcept {
  const std::lock_guard lock(handler_lock_);
  handler_ = handler;
  handler_context_ = context;
}

bool ThreadServices::ask_budget_handler(const ThreadBudgetEvent& event,
                                        BudgetDecision* decision) noexcept {
  ThreadBudgetHandler handler = nullptr;
  void* context = nullptr;
  {
    const std::lock_guard lock(handler_lock_);
    handler = handler_;
    context = handler_context_;
  }
  if (handler == nullptr) return false;
  *decision = handler(event, context);  // with no lock held: it may come back
  return true;
}

void ThreadServices::keep(Kept* kept) noexcept {
  const std::lock_guard lock(handler_lock_);
  kept->next = kept_;
  kept_ = kept;
}

void ThreadServices::destroy_kept(Instance& instance) noexcept {
  while (Kept* const kept = kept_) {
    kept_ = kept->next;
    kept->destroy(instance, kept);
  }
}

}  // namespace framealloc::detail
