// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator gives back before it denies a request.
#pragma once

#include <framealloc/detail/account/reclaimer.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>

namespace framealloc::detail {

class Instance;
class ThreadState;

// One per allocator. The calling thread gives back its own memory and asks the others, see
// ThreadState::recall(): their lists and cursors are read and written without any synchronization,
// so no other thread can take from them.
class ThreadReclaimer final : public Reclaimer {
 public:
  // Effect: parts of the layers above give back what they do not use. Result: bytes.
  using TrimParts = std::size_t (*)(Instance& instance) noexcept;

  explicit ThreadReclaimer(Instance& instance) noexcept : instance_(instance) {}
  ThreadReclaimer(const ThreadReclaimer&) = delete;
  ThreadReclaimer& operator=(const ThreadReclaimer&) = delete;

  // Effect: the other threads give back what they keep ready when they next can, and then what
  // lies idle goes back to the source.
  void ask_others() noexcept;
  // Null: there are none (any more). Any thread.
  void set_parts(TrimParts trim) noexcept { trim_parts_.store(trim, std::memory_order_release); }

  bool give_back_charges(bool whole, TagId tag) noexcept override;
  void recall_charges(bool whole, TagId tag) noexcept override;
  bool give_back_memory() noexcept override;
  [[nodiscard]] std::size_t ready_elsewhere(bool whole, TagId tag) const noexcept override;

 private:
  [[nodiscard]] bool trim_parts() noexcept;
  void ask(ThreadState& state, bool to_source) noexcept;

  Instance& instance_;
  std::atomic<TrimParts> trim_parts_{nullptr};
};

}  // namespace framealloc::detail
