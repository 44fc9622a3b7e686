// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/thread/thread_reclaimer.hpp>

#include <framealloc/detail/thread/instance.hpp>

namespace framealloc::detail {

bool ThreadReclaimer::trim_parts() noexcept {
  const TrimParts trim = trim_parts_.load(std::memory_order_acquire);
  return trim != nullptr && trim(instance_) != 0;
}

bool ThreadReclaimer::give_back_charges(bool whole, TagId tag) noexcept {
  ThreadState* const mine = instance_.find_state();
  bool given = mine != nullptr && mine->give_back_charges(whole, tag);
  if (trim_parts()) given = true;
  for (ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    if (s != mine && s->ready_bytes(whole, tag) != 0) ask(*s, false);
  }
  return given;
}

void ThreadReclaimer::recall_charges(bool whole, TagId tag) noexcept {
  ThreadState* const mine = instance_.find_state();
  if (mine != nullptr) (void)mine->give_back_charges(whole, tag);
  (void)trim_parts();
  for (ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    if (s != mine) ask(*s, false);
  }
}

void ThreadReclaimer::ask(ThreadState& state, bool to_source) noexcept {
  state.recall(to_source);
  instance_.leave_fast_boundary();
}

void ThreadReclaimer::ask_others() noexcept {
  const ThreadState* const mine = instance_.find_state();
  for (ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    if (s != mine && s->pools().holds_anything()) ask(*s, true);
  }
}

bool ThreadReclaimer::give_back_memory() noexcept {
  bool given = give_back_charges(true, TagId::Untagged);
  const std::size_t before = instance_.limited_source().reserved();
  instance_.release_unused();
  if (instance_.limited_source().reserved() < before || instance_.chunks().idle_bytes() != 0)
    given = true;
  return given;
}

std::size_t ThreadReclaimer::ready_elsewhere(bool whole, TagId tag) const noexcept {
  const ThreadState* const mine = instance_.find_state();
  std::size_t bytes = 0;
  for (const ThreadState* s = instance_.first_state(); s != nullptr; s = s->next_in_instance) {
    if (s != mine) bytes += s->ready_bytes(whole, tag);
  }
  return bytes;
}

}  // namespace framealloc::detail
