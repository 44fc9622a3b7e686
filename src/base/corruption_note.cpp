// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/base/corruption_note.hpp>

namespace framealloc::detail {

void CorruptionNote::note(std::string_view message, const void* address, TagId tag) noexcept {
  State expected = State::Empty;
  if (!state_.compare_exchange_strong(expected, State::Busy, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
    more_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  kept_.message = message;
  kept_.address = address;
  kept_.tag = tag;
  state_.store(State::Kept, std::memory_order_release);
}

bool CorruptionNote::take(Corruption& found) noexcept {
  State expected = State::Kept;
  if (!state_.compare_exchange_strong(expected, State::Busy, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
    return false;
  }
  found = kept_;
  found.more = more_.exchange(0, std::memory_order_relaxed);
  state_.store(State::Empty, std::memory_order_release);
  return true;
}

}  // namespace framealloc::detail
